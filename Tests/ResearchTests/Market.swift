import StrategyIR
import StrategyVM

@testable import Market
@testable import Research
@testable import Trading

/// A broker and the bars that a test shows it, one after the other; texts are numbers.
final class Market {
  let broker: BarBroker
  private var index: Int64 = -1

  init(tick: Double = 0.01, step: Double = 0.0001, _ set: (inout BrokerSettings) -> Void = { _ in }) {
    var settings = BrokerSettings()
    set(&settings)
    broker = BarBroker(settings, tick: tick, quantityStep: step)
  }

  /// A bar of a day of its own (or of `day`), then what the script orders at its close.
  func bar(
    _ open: Double, _ high: Double, _ low: Double, _ close: Double, day: Int64? = nil,
    _ commands: OrderCommand...
  ) {
    index += 1
    let time = index * 900_000
    let bar = ScriptBar(
      time: time, timeClose: time + 900_000, open: open, high: high, low: low, close: close,
      volume: 1)
    broker.advance(bar, index: index, day: day ?? 0)
    broker.place(commands)
  }

  /// A bar on which nothing moves.
  func flat(_ price: Double, day: Int64? = nil, _ commands: OrderCommand...) {
    index += 1
    let time = index * 900_000
    let bar = ScriptBar(
      time: time, timeClose: time + 900_000, open: price, high: price, low: price, close: price,
      volume: 1)
    broker.advance(bar, index: index, day: day ?? 0)
    broker.place(commands)
  }

  func rules(_ rules: RiskRule...) { broker.take(rules) }

  subscript(field: BookField) -> Double { broker.book.numbers[Int(field.rawValue)] }

  /// Closed trades as "entry>exit×size@entry bar-exit bar".
  var closed: [String] {
    (0..<broker.closedTrades.count).map { place in
      let trade = broker.closedTrades[place]
      return "\(trade.entryPrice)>\(trade.exitPrice)×\(trade.size)@\(trade.entryBar)-\(trade.exitBar)"
    }
  }

  var position: Double { self[.positionSize] }
}

extension BarBroker {
  func place(_ commands: [OrderCommand]) { commands.withUnsafeBufferPointer { place($0) } }
}

func entry(
  _ id: TextRef, _ direction: Int8, _ quantity: Double = .nan, limit: Double = .nan,
  stop: Double = .nan
) -> OrderCommand {
  var command = OrderCommand(kind: .entry, id: id)
  command.direction = direction
  command.quantity = quantity
  command.limit = limit
  command.stop = stop
  return command
}

func order(
  _ id: TextRef, _ direction: Int8, _ quantity: Double = .nan, limit: Double = .nan,
  stop: Double = .nan, group: TextRef = 0, _ oca: OrderCommand.OCA = .none
) -> OrderCommand {
  var command = entry(id, direction, quantity, limit: limit, stop: stop)
  command.kind = .order
  command.ocaName = group
  command.oca = oca
  return command
}

func exit(
  _ id: TextRef, from: TextRef = 0, quantity: Double = .nan, percent: Double = .nan,
  limit: Double = .nan, stop: Double = .nan, profit: Double = .nan, loss: Double = .nan,
  activation: Double = .nan, points: Double = .nan, offset: Double = .nan
) -> OrderCommand {
  var command = OrderCommand(kind: .exit, id: id)
  command.fromEntry = from
  command.quantity = quantity
  command.quantityPercent = percent
  command.limit = limit
  command.stop = stop
  command.profit = profit
  command.loss = loss
  command.trailPrice = activation
  command.trailPoints = points
  command.trailOffset = offset
  return command
}

func close(
  _ id: TextRef, _ quantity: Double = .nan, percent: Double = .nan, immediately: Bool = false
) -> OrderCommand {
  var command = OrderCommand(kind: .close, id: id)
  command.quantity = quantity
  command.quantityPercent = percent
  command.immediately = immediately
  return command
}

let closeAll = OrderCommand(kind: .closeAll)
let cancelAll = OrderCommand(kind: .cancelAll)
func cancel(_ id: TextRef) -> OrderCommand { OrderCommand(kind: .cancel, id: id) }
