import Calendar
import Measuring
import Research
import StrategyIR
import StrategyLanguage
import StrategyVM
import Trading

/// The bar broker alone, in nanoseconds for all bars: with the orders that the MACD cross gives, which
/// reads nothing of its book.
func brokerTime(_ bars: [ScriptBar]) throws -> Double {
  let (orders, ends) = try ordersOfAllBars(bars)
  return orders.withUnsafeBufferPointer { orders in
    median(of: 15) {
      let broker = BarBroker(BrokerSettings(), tick: 0.01, quantityStep: 0.0001)
      var given = 0
      let start = now()
      for index in bars.indices {
        broker.advance(bars[index], index: Int64(index), day: Int64(index / 96))
        broker.settleMargin()
        broker.place(UnsafeBufferPointer(rebasing: orders[given..<ends[index]]))
        given = ends[index]
      }
      return now() - start
    }
  }
}

/// All orders, one bar's behind the other's, and where each bar's end.
private func ordersOfAllBars(_ bars: [ScriptBar]) throws -> ([OrderCommand], [Int]) {
  guard let program = FrontEnd.compile(macd).program, let period = Period("15") else {
    throw BenchFailure(why: FrontEnd.compile(macd).report)
  }
  let runner = try ScriptRunner(program, environment: ScriptEnvironment(timeframe: period))
  let broker = BarBroker(program.settings.broker, tick: 0.01, quantityStep: 0.0001)
  var orders: [OrderCommand] = []
  var ends: [Int] = []
  for bar in bars {
    let place = BarPlace(lastIndex: bars.count - 1, lastTime: bar.time, isHistory: true)
    guard runner.step(bar, place: place, book: broker.bookView) else {
      throw BenchFailure(why: "the script stopped")
    }
    orders += runner.orders
    ends.append(orders.count)
  }
  return (orders, ends)
}
