package import StrategyIR
package import Trading

// What a script orders, one call a function.

extension BarBroker {
  package func place(_ commands: [OrderCommand]) { commands.withUnsafeBufferPointer { place($0) } }
}

package func entry(
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

package func order(
  _ id: TextRef, _ direction: Int8, _ quantity: Double = .nan, limit: Double = .nan,
  stop: Double = .nan, group: TextRef = 0, _ oca: OrderCommand.OCA = .none
) -> OrderCommand {
  var command = entry(id, direction, quantity, limit: limit, stop: stop)
  command.kind = .order
  command.ocaName = group
  command.oca = oca
  return command
}

package func exit(
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

package func close(
  _ id: TextRef, _ quantity: Double = .nan, percent: Double = .nan, immediately: Bool = false
) -> OrderCommand {
  var command = OrderCommand(kind: .close, id: id)
  command.quantity = quantity
  command.quantityPercent = percent
  command.immediately = immediately
  return command
}

package let closeAll = OrderCommand(kind: .closeAll)
package let cancelAll = OrderCommand(kind: .cancelAll)
package func cancel(_ id: TextRef) -> OrderCommand { OrderCommand(kind: .cancel, id: id) }
