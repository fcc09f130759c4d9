// A venue on QuickFIX, for the tests of fxaot_gateway_fix: quotes, orders, and a control channel.
//   venue PORT STORE DICTIONARY   listens on 127.0.0.1; commands on the standard input, events on the standard output
//   quote SYMBOL BID ASK   tells the subscribers; touched limits fill; market orders fill at once at this quote
//   parts N   the next fill comes in parts of N;   reject   the next order is rejected;   hold   market orders wait
//   fill   the held orders fill;   drop   ends the connection;   seq OUT IN   sets the numbers;   quit
#include <quickfix/Application.h>
#include <quickfix/FileStore.h>
#include <quickfix/MessageCracker.h>
#include <quickfix/Session.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/fix44/ExecutionReport.h>
#include <quickfix/fix44/MarketDataRequest.h>
#include <quickfix/fix44/MarketDataSnapshotFullRefresh.h>
#include <quickfix/fix44/OrderCancelReject.h>

#include <iostream>
#include <map>
#include <mutex>
#include <sstream>

using namespace FIX;

struct Order {
  std::string id, symbol;
  char side, type;
  double price, quantity, filled;
};

class Venue : public Application {
 public:
  std::recursive_mutex lock;
  std::map<std::string, Order> orders;
  std::map<std::string, std::pair<double, double>> quotes;
  std::map<std::string, std::string> subscriptions;
  SessionID session;
  double parts = 0;
  bool reject = false, hold = false;
  long executions = 0;

  void say(const std::string& text) { std::cout << text << std::endl; }
  void onCreate(const SessionID& id) override { session = id; }
  void onLogon(const SessionID&) override { say("logon"); }
  void onLogout(const SessionID&) override { subscriptions.clear(); say("logout"); }
  void toAdmin(Message&, const SessionID&) override {}
  void toApp(Message&, const SessionID&) throw(DoNotSend) override {}
  void fromAdmin(const Message& m, const SessionID&) throw(FieldNotFound, IncorrectDataFormat, IncorrectTagValue,
                                                         RejectLogon) override {
    std::string type = m.getHeader().getField(35);
    if (type == "A" && m.isSetField(554) && m.getField(554) == "wrong") throw RejectLogon("wrong password");
    if (type == "2" || type == "4" || type == "3") say("admin " + type);
  }
  void fromApp(const Message& m, const SessionID&) throw(FieldNotFound, IncorrectDataFormat, IncorrectTagValue,
                                                       UnsupportedMessageType) override {
    std::lock_guard<std::recursive_mutex> guard(lock);
    std::string type = m.getHeader().getField(35);
    if (type == "V") subscribe(m);
    else if (type == "D") placed(m);
    else if (type == "F" || type == "G") changed(m, type == "F");
    else if (type == "AF") statuses(m);
    else throw UnsupportedMessageType();
  }

  void subscribe(const Message& m) {
    FIX44::MarketDataRequest::NoRelatedSym entry;
    m.getGroup(1, entry);
    std::string symbol = entry.getField(55);
    subscriptions[symbol] = m.getField(262);
    say("subscribe " + symbol);
    snapshot(symbol);
  }
  void snapshot(const std::string& symbol) {
    if (!subscriptions.count(symbol) || !quotes.count(symbol)) return;
    FIX44::MarketDataSnapshotFullRefresh w;
    w.setField(262, subscriptions[symbol]);
    w.setField(55, symbol);
    for (char side : {'0', '1'}) {
      FIX44::MarketDataSnapshotFullRefresh::NoMDEntries entry;
      entry.set(MDEntryType(side));
      entry.setField(270, text(side == '0' ? quotes[symbol].first : quotes[symbol].second));
      entry.setField(271, "1000000");
      w.addGroup(entry);
    }
    Session::sendToTarget(w, session);
  }
  static std::string text(double value) {
    std::ostringstream out;
    out.precision(12);
    out << value;
    return out.str();
  }

  void report(const Order& o, char exec, char status, const std::string& id, const std::string& orig, double last = 0,
              double price = 0, const std::string& mass = "", int total = 0, bool is_last = false) {
    FIX44::ExecutionReport r(OrderID("o" + o.id), ExecID("x" + std::to_string(++executions)), ExecType(exec),
                             OrdStatus(status), Side(o.side), LeavesQty(0), CumQty(0), AvgPx(0));
    bool ended = status == '4' || status == '8' || status == '2';
    r.setField(151, text(ended ? 0 : o.quantity - o.filled));
    r.setField(14, text(o.filled));
    r.setField(11, id);
    if (!orig.empty()) r.setField(41, orig);
    r.setField(55, o.symbol);
    if (last > 0) { r.setField(32, text(last)); r.setField(31, text(price)); }
    if (!mass.empty()) {
      r.setField(584, mass);
      r.setField(911, std::to_string(total));
      r.setField(912, is_last ? "Y" : "N");
    }
    Session::sendToTarget(r, session);
  }
  void placed(const Message& m) {
    Order o{m.getField(11), m.getField(55), m.getField(54)[0], m.getField(40)[0],
            m.isSetField(44) ? std::stod(m.getField(44)) : 0, std::stod(m.getField(38)), 0};
    say("order " + o.id);
    if (reject) { reject = false; report(o, '8', '8', o.id, ""); return; }
    orders[o.id] = o;
    report(o, '0', '0', o.id, "");
    if (!hold) match(o.symbol);
  }
  void changed(const Message& m, bool cancel) {
    std::string original = m.getField(41), id = m.getField(11);
    say((cancel ? "cancel " : "change ") + original);
    if (!orders.count(original)) {
      FIX44::OrderCancelReject r(OrderID("NONE"), ClOrdID(id), OrigClOrdID(original), OrdStatus('8'),
                                 CxlRejResponseTo(cancel ? '1' : '2'));
      Session::sendToTarget(r, session);
      return;
    }
    Order o = orders[original];
    orders.erase(original);
    if (cancel) { report(o, '4', '4', id, original); return; }
    o.id = id;
    o.quantity = std::stod(m.getField(38));
    if (m.isSetField(44)) o.price = std::stod(m.getField(44));
    orders[id] = o;
    report(o, '5', '0', id, original);
    match(o.symbol);
  }
  void statuses(const Message& m) {
    std::string mass = m.getField(584);
    int total = orders.size(), n = 0;
    if (total == 0) {
      Order none{"NONE", "EUR/USD", '1', '1', 0, 0, 0};
      report(none, 'I', '8', "NONE", "", 0, 0, mass, 0, true);
    }
    for (auto& each : orders)
      report(each.second, 'I', each.second.filled > 0 ? '1' : '0', each.first, "", 0, 0, mass, total, ++n == total);
  }
  void match(const std::string& symbol) {
    if (!quotes.count(symbol)) return;
    for (auto it = orders.begin(); it != orders.end();) {
      Order& o = it->second;
      double price = o.side == '1' ? quotes[symbol].second : quotes[symbol].first;
      bool meets = o.symbol == symbol &&
                   (o.type == '1' || (o.type == '2' && (o.side == '1' ? price <= o.price : price >= o.price)));
      if (!meets) { ++it; continue; }
      while (o.filled < o.quantity) {
        double part = parts > 0 ? std::min(parts, o.quantity - o.filled) : o.quantity - o.filled;
        o.filled += part;
        report(o, 'F', o.filled < o.quantity ? '1' : '2', o.id, "", part, price);
      }
      it = orders.erase(it);
    }
  }

  bool command(const std::string& line) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    std::istringstream in(line);
    std::string word, symbol;
    in >> word;
    if (word == "quote") {
      double bid, ask;
      in >> symbol >> bid >> ask;
      quotes[symbol] = {bid, ask};
      snapshot(symbol);
      if (!hold) match(symbol);
    } else if (word == "parts") in >> parts;
    else if (word == "reject") reject = true;
    else if (word == "hold") hold = true;
    else if (word == "fill") { hold = false; for (auto& q : std::map<std::string, std::pair<double, double>>(quotes)) match(q.first); }
    else if (word == "drop") Session::lookupSession(session)->disconnect();
    else if (word == "seq") {
      int out, next;
      in >> out >> next;
      Session* s = Session::lookupSession(session);
      if (out > 0) s->setNextSenderMsgSeqNum(out);
      if (next > 0) s->setNextTargetMsgSeqNum(next);
    } else if (word == "quit") return false;
    say("done " + word);
    return true;
  }
};

int main(int, char** arguments) {
  std::stringstream settings;
  settings << "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=" << arguments[1] << "\nSocketAcceptHost=127.0.0.1\n"
           << "SocketReuseAddress=Y\nStartTime=00:00:00\nEndTime=00:00:00\nFileStorePath=" << arguments[2]
           << "\nUseDataDictionary=Y\nDataDictionary=" << arguments[3]
           << "\nTimestampPrecision=3\nSocketNodelay=Y\n"
           << "[SESSION]\nBeginString=FIX.4.4\nSenderCompID=BROKER\nTargetCompID=DESK\n";
  SessionSettings parsed(settings);
  Venue venue;
  FileStoreFactory store(parsed);
  SocketAcceptor acceptor(venue, store, parsed);
  acceptor.start();
  venue.say("ready");
  std::string line;
  while (std::getline(std::cin, line) && venue.command(line)) {}
  acceptor.stop(true);
  return 0;
}
