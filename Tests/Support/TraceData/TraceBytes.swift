import StrategyIR
import StrategyVM

/// Puts a trace together: little-endian numbers, texts as a 4-byte length and UTF-8.
struct TraceBytes {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ x: UInt8) { bytes.append(x) }
  mutating func flag(_ x: Bool) { bytes.append(x ? 1 : 0) }

  mutating func integer<T: FixedWidthInteger>(_ x: T) {
    withUnsafeBytes(of: x.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func count(_ x: Int) { integer(UInt32(truncatingIfNeeded: x)) }
  mutating func double(_ x: Double) { integer(x.bitPattern) }

  mutating func bytes(_ x: [UInt8]) {
    count(x.count)
    bytes.append(contentsOf: x)
  }

  mutating func text(_ x: String) { bytes(Array(x.utf8)) }

  mutating func bar(_ bar: ScriptBar) {
    integer(bar.time)
    integer(bar.timeClose)
    for x in [bar.open, bar.high, bar.low, bar.close, bar.volume] { double(x) }
  }

  mutating func symbol(_ symbol: ScriptSymbol) {
    for x in [symbol.mintick, symbol.pointValue, symbol.minContract] { double(x) }
    for x in [
      symbol.prefix, symbol.ticker, symbol.root, symbol.description, symbol.type, symbol.currency,
      symbol.baseCurrency, symbol.timezone, symbol.session,
    ] {
      text(x)
    }
  }

  mutating func trade(_ trade: TradeRecord, _ name: (TextRef) -> String) {
    text(name(trade.entryID))
    text(trade.exitName(name))
    text(name(trade.entryComment))
    text(name(trade.exitComment))
    for x in [trade.entryBar, trade.exitBar, trade.entryTime, trade.exitTime] { integer(x) }
    for x in [
      trade.entryPrice, trade.exitPrice, trade.size, trade.profit, trade.commission,
      trade.maxRunup, trade.maxDrawdown, trade.rate,
    ] {
      double(x)
    }
  }

  mutating func order(_ order: OrderCommand, _ name: (TextRef) -> String) {
    byte(order.kind.rawValue)
    integer(order.direction)
    byte(order.oca.rawValue)
    flag(order.immediately)
    for ref in [
      order.id, order.fromEntry, order.ocaName, order.comment, order.commentProfit,
      order.commentLoss, order.commentTrailing,
    ] {
      text(name(ref))
    }
    for x in [
      order.quantity, order.quantityPercent, order.limit, order.stop, order.trailPrice,
      order.profit, order.loss, order.trailPoints, order.trailOffset,
    ] {
      double(x)
    }
  }

  mutating func risk(_ rule: RiskRule, _ name: (TextRef) -> String) {
    byte(rule.kind.rawValue)
    double(rule.value)
    flag(rule.isPercent)
    text(name(rule.message))
  }
}
