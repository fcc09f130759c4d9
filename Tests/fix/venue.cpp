// A venue on QuickFIX, for the tests of fxaot_gateway_fix: quotes, orders, positions, and a control channel. It has two
// sessions: DESK of orders and quotes, QUOTES of quotes.
//   venue PORT STORE DICTIONARY   listens on 127.0.0.1; commands on the standard input, events on the standard output
//   venue PORT - DICTIONARY   the same for measuring: nothing is stored on disk, and orders are not told of
//   quote SYMBOL BID ASK   tells the subscribers; touched limits fill; market orders fill at once at this quote
//   entry ACTION SIDE SYMBOL ID PRICE, flush   a change of quotes in words of the standard, - for what it leaves out
//   parts N   the next fill comes in parts of N;   reject   the next order is rejected;   hold   market orders wait
//   fill   the held orders fill;   forget ID   an order is known no more;   repeat   the last report comes once more
//   position SYMBOL NET   as AN tells it;   refuse WHAT   positions, or unknown orders of H by a j;   allow
//   drop [SESSION]   ends the connection;   logout [SESSION], logon [SESSION];   seq OUT IN [SESSION]   sets the numbers;   quit
#include <quickfix/Application.h>
#include <quickfix/FileStore.h>
#include <quickfix/MessageCracker.h>
#include <quickfix/Session.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/fix44/BusinessMessageReject.h>
#include <quickfix/fix44/ExecutionReport.h>
#include <quickfix/fix44/MarketDataIncrementalRefresh.h>
#include <quickfix/fix44/MarketDataRequest.h>
#include <quickfix/fix44/MarketDataSnapshotFullRefresh.h>
#include <quickfix/fix44/OrderCancelReject.h>
#include <quickfix/fix44/PositionReport.h>
#include <quickfix/fix44/RequestForPositionsAck.h>

#include <cmath>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>

using namespace FIX;

struct Order {
  std::string id, symbol;
  char side, type;
  double price, quantity, filled;
};

struct Subscription {
  std::string id;
  SessionID session;
  bool changes;
};

class Venue : public Application {
 public:
  std::recursive_mutex lock;
  std::map<std::string, Order> orders;
  std::map<std::string, std::pair<double, double>> quotes;
  std::map<std::string, Subscription> subscriptions;
  std::map<std::string, double> positions;
  std::string refused;
  FIX44::MarketDataIncrementalRefresh changes;
  FIX44::ExecutionReport last_report;
  SessionID session;
  double parts = 0;
  bool reject = false, hold = false, is_measured = false;
  long executions = 0;

  void say(const std::string& text) { std::cout << text << std::endl; }
  static std::string whose(const SessionID& id) {
    std::string target = id.getTargetCompID().getValue();
    return target == "DESK" ? "" : " " + target;
  }
  void onCreate(const SessionID& id) override {
    if (whose(id).empty()) session = id;
  }
  void onLogon(const SessionID& id) override { say("logon" + whose(id)); }
  void onLogout(const SessionID& id) override {
    std::lock_guard<std::recursive_mutex> guard(lock);
    for (auto it = subscriptions.begin(); it != subscriptions.end();)
      it = it->second.session == id ? subscriptions.erase(it) : std::next(it);
    say("logout" + whose(id));
  }
  void toAdmin(Message&, const SessionID&) override {}
  void toApp(Message&, const SessionID&) throw(DoNotSend) override {}
  void fromAdmin(const Message& m, const SessionID&) throw(FieldNotFound, IncorrectDataFormat, IncorrectTagValue,
                                                         RejectLogon) override {
    std::string type = m.getHeader().getField(35);
    if (type == "A" && m.isSetField(554) && m.getField(554) == "wrong") throw RejectLogon("wrong password");
    if (type == "2" || type == "4" || type == "3") say("admin " + type);
  }
  void fromApp(const Message& m, const SessionID& id) throw(FieldNotFound, IncorrectDataFormat, IncorrectTagValue,
                                                       UnsupportedMessageType) override {
    std::lock_guard<std::recursive_mutex> guard(lock);
    std::string type = m.getHeader().getField(35);
    if (type == "V") subscribe(m, id);
    else if (type == "D") placed(m);
    else if (type == "F" || type == "G") changed(m, type == "F");
    else if (type == "AF") statuses(m);
    else if (type == "H") status(m);
    else if (type == "AN") tell_positions(m);
    else throw UnsupportedMessageType();
  }

  void subscribe(const Message& m, const SessionID& id) {
    FIX44::MarketDataRequest::NoRelatedSym entry;
    m.getGroup(1, entry);
    std::string symbol = entry.getField(55);
    if (m.getField(263) == "2") {
      say("unsubscribe " + symbol);
      subscriptions.erase(symbol);
      return;
    }
    subscriptions[symbol] = {m.getField(262), id, m.isSetField(265) && m.getField(265) == "1"};
    say("subscribe " + symbol);
    if (quotes.count(symbol)) tell(symbol, '0');
  }
  void tell(const std::string& symbol, char action) {
    if (!subscriptions.count(symbol)) return;
    if (!subscriptions[symbol].changes) { snapshot(symbol); return; }
    change(action, '0', symbol, "b", text(quotes[symbol].first));
    change(action, '1', symbol, "a", text(quotes[symbol].second));
    flush(symbol);
  }
  void snapshot(const std::string& symbol) {
    FIX44::MarketDataSnapshotFullRefresh w;
    w.setField(262, subscriptions[symbol].id);
    w.setField(55, symbol);
    for (char side : {'0', '1'}) {
      FIX44::MarketDataSnapshotFullRefresh::NoMDEntries entry;
      entry.set(MDEntryType(side));
      entry.setField(270, text(side == '0' ? quotes[symbol].first : quotes[symbol].second));
      entry.setField(271, "1000000");
      w.addGroup(entry);
    }
    Session::sendToTarget(w, subscriptions[symbol].session);
  }
  void change(char action, char side, const std::string& symbol, const std::string& id, const std::string& price) {
    FIX44::MarketDataIncrementalRefresh::NoMDEntries entry;
    entry.set(MDUpdateAction(action));
    if (side != '-') entry.set(MDEntryType(side));
    if (symbol != "-") entry.setField(55, symbol);
    if (id != "-") entry.setField(278, id);
    if (price != "-") { entry.setField(270, price); entry.setField(271, "1000000"); }
    changes.addGroup(entry);
  }
  void flush(const std::string& symbol) {
    changes.setField(262, subscriptions[symbol].id);
    Session::sendToTarget(changes, subscriptions[symbol].session);
    changes = FIX44::MarketDataIncrementalRefresh();
  }
  static std::string text(double value) {
    std::ostringstream out;
    out.precision(12);
    out << value;
    return out.str();
  }

  void report(const Order& o, char exec, char status, const std::string& id, const std::string& orig, double last = 0,
              double price = 0, const std::string& mass = "", int total = 0, bool is_last = false,
              const std::string& request = "") {
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
    if (!request.empty()) r.setField(790, request);
    last_report = r;
    Session::sendToTarget(r, session);
  }
  void placed(const Message& m) {
    Order o{m.getField(11), m.getField(55), m.getField(54)[0], m.getField(40)[0],
            m.isSetField(44) ? std::stod(m.getField(44)) : 0, std::stod(m.getField(38)), 0};
    if (!is_measured) say("order " + o.id);
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
  void status(const Message& m) {
    std::string id = m.getField(11), request = m.isSetField(790) ? m.getField(790) : "";
    say("status " + id);
    if (orders.count(id)) {
      report(orders[id], 'I', orders[id].filled > 0 ? '1' : '0', id, "", 0, 0, "", 0, false, request);
    } else if (refused == "unknown") {
      FIX44::BusinessMessageReject j(RefMsgType("H"), BusinessRejectReason(1));
      j.setField(45, m.getHeader().getField(34));
      j.setField(379, id);
      Session::sendToTarget(j, session);
    } else {
      Order none{id, m.getField(55), m.getField(54)[0], '1', 0, 0, 0};
      report(none, 'I', '8', id, "", 0, 0, "", 0, false, request);
    }
  }
  void tell_positions(const Message& m) {
    say("positions");
    int total = positions.size(), n = 0;
    FIX44::RequestForPositionsAck ack(
        PosMaintRptID("a"), PosReqResult(refused == "positions" ? 4 : total == 0 ? 2 : 0), PosReqStatus(0),
        Account(m.getField(1)), AccountType(1));
    ack.setField(710, m.getField(710));
    ack.setField(727, std::to_string(total));
    Session::sendToTarget(ack, session);
    if (refused == "positions") return;
    for (auto& each : positions) {
      FIX44::PositionReport r(PosMaintRptID("p" + std::to_string(++n)), PosReqResult(0),
                              ClearingBusinessDate(m.getField(715)), Account(m.getField(1)), AccountType(1),
                              SettlPrice(0), SettlPriceType(1), PriorSettlPrice(0));
      r.setField(710, m.getField(710));
      r.setField(727, std::to_string(total));
      r.setField(55, each.first);
      /* What it began the day with is no part of the sum. */
      for (std::string type : {"SOD", "TQ"}) {
        FIX44::PositionReport::NoPositions quantity;
        quantity.set(PosType(type));
        quantity.setField(each.second < 0 ? 705 : 704, text(std::abs(each.second)));
        r.addGroup(quantity);
      }
      FIX44::PositionReport::NoPosAmt amount;
      amount.set(PosAmtType("FMTM"));
      amount.set(PosAmt(0));
      r.addGroup(amount);
      Session::sendToTarget(r, session);
    }
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
        positions[symbol] += o.side == '1' ? part : -part;
        report(o, 'F', o.filled < o.quantity ? '1' : '2', o.id, "", part, price);
      }
      it = orders.erase(it);
    }
  }

  static Session* named(std::istringstream& in) {
    std::string target = "DESK";
    in >> target;
    return Session::lookupSession(SessionID("FIX.4.4", "BROKER", target.empty() ? "DESK" : target));
  }
  bool command(const std::string& line) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    std::istringstream in(line);
    std::string word, symbol;
    in >> word;
    if (word == "quote") {
      double bid, ask;
      in >> symbol >> bid >> ask;
      char action = quotes.count(symbol) ? '1' : '0';
      quotes[symbol] = {bid, ask};
      tell(symbol, action);
      if (!hold) match(symbol);
    } else if (word == "parts") in >> parts;
    else if (word == "reject") reject = true;
    else if (word == "hold") hold = true;
    else if (word == "fill") { hold = false; for (auto& q : std::map<std::string, std::pair<double, double>>(quotes)) match(q.first); }
    else if (word == "entry") {
      std::string action, side, id, price;
      in >> action >> side >> symbol >> id >> price;
      change(action == "new" ? '0' : action == "change" ? '1' : '2', side == "bid" ? '0' : side == "ask" ? '1' : '-', symbol,
             id, price);
    } else if (word == "flush") {
      in >> symbol;
      flush(symbol);
    } else if (word == "forget") {
      in >> symbol;
      orders.erase(symbol);
    } else if (word == "repeat") {
      FIX44::ExecutionReport again = last_report;
      again.getHeader().setField(97, "Y");
      Session::sendToTarget(again, session);
    } else if (word == "position") {
      double net;
      in >> symbol >> net;
      positions[symbol] = net;
    }
    else if (word == "refuse") in >> refused;
    else if (word == "allow") refused.clear();
    else if (word == "drop") named(in)->disconnect();
    else if (word == "logout") named(in)->logout("Good night");
    else if (word == "logon") named(in)->logon();
    else if (word == "seq") {
      int out, next;
      in >> out >> next;
      Session* s = named(in);
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
           << "[SESSION]\nBeginString=FIX.4.4\nSenderCompID=BROKER\nTargetCompID=DESK\n"
           << "[SESSION]\nBeginString=FIX.4.4\nSenderCompID=BROKER\nTargetCompID=QUOTES\n";
  SessionSettings parsed(settings);
  Venue venue;
  venue.is_measured = std::string(arguments[2]) == "-";
  FileStoreFactory file(parsed);
  MemoryStoreFactory memory;
  SocketAcceptor acceptor(venue, venue.is_measured ? static_cast<MessageStoreFactory&>(memory) : file, parsed);
  acceptor.start();
  venue.say("ready");
  std::string line;
  while (std::getline(std::cin, line) && venue.command(line)) {}
  acceptor.stop(true);
  return 0;
}
