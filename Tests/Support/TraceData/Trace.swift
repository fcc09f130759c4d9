import Calendar
import Research
import StrategyIR
import StrategyVM
import Trading

/// What a program does on bars, bar by bar, with a broker that fills its orders.
///
///     name, program, timeframe, symbol, the account's currency
///     of other symbols their number, and of each its symbol, timeframe and bars
///     history flag, number of plots, whether the book, whether trades are read
///     0 and why, where the program cannot run; 1 and the bars
///     of each bar: the bar; what of the book is read; 1, plots, orders, risk rules, or
///     0, line and sentence of the failure, after which there is nothing
struct Trace {
  let name: String
  let program: Program
  var environment: ScriptEnvironment
  let bars: [ScriptBar]
  /// Whether all bars are known beforehand.
  let isHistory: Bool

  func write(to out: inout TraceBytes) {
    out.text(name)
    out.bytes(program.encoded())
    out.text(environment.timeframe.text)
    out.symbol(environment.symbol)
    out.text(environment.account(of: program))
    out.count(environment.data.symbols.count)
    for history in environment.data.symbols {
      out.symbol(history.symbol)
      out.text(history.period.text)
      out.count(history.bars.count)
      for bar in history.bars { out.bar(bar) }
    }
    out.flag(isHistory)
    out.count(program.plots.count)
    let readsTrades = program.expressions.contains {
      switch $0 {
      case .trade, .positionEntryName: true
      default: false
      }
    }
    let readsBook = program.expressions.contains { if case .book = $0 { true } else { false } }
    out.flag(readsBook)
    out.flag(readsTrades)
    do {
      let runner = try ScriptRunner(program, environment: environment)
      out.flag(true)
      run(runner, readsBook: readsBook, readsTrades: readsTrades, to: &out)
    } catch {
      out.flag(false)
      out.text("\(error)")
    }
  }

  private func run(
    _ runner: ScriptRunner, readsBook: Bool, readsTrades: Bool, to out: inout TraceBytes
  ) {
    let symbol = environment.symbol
    let broker = BarBroker(
      program.settings.broker, tick: symbol.mintick, quantityStep: symbol.minContract,
      pointValue: symbol.pointValue)
    let calendar = environment.calendar
    if isHistory { bars.withUnsafeBufferPointer { runner.useHistory($0) } }
    out.count(bars.count)
    for bar in bars { out.bar(bar) }
    var known = 0
    var rates = CurrencyRates(
      from: symbol.currency, to: environment.account(of: program), in: environment.data)
    for (index, bar) in bars.enumerated() {
      if let rate = rates?.rate(at: bar.time) { broker.convert(at: rate) }
      broker.advance(bar, index: Int64(index), day: calendar.tradingDay(at: bar.time))
      let place =
        isHistory
        ? BarPlace(lastIndex: bars.count - 1, lastTime: bars[bars.count - 1].time, isHistory: true)
        : BarPlace(lastIndex: index, lastTime: bar.time, isHistory: false)
      let book = broker.bookView
      if readsBook {
        for i in 0..<BookField.allCases.count { out.double(book.numbers[i]) }
      }
      if readsTrades { trades(book, &known, runner.text, to: &out) }
      guard runner.step(bar, place: place, book: book) else {
        failed(runner.failure, to: &out)
        return
      }
      out.flag(true)
      for x in runner.plots { out.double(x) }
      out.count(runner.orders.count)
      for order in runner.orders { out.order(order, runner.text) }
      out.count(runner.risks.count)
      for rule in runner.risks { out.risk(rule, runner.text) }
      broker.settleMargin()
      broker.take(runner.risks)
      broker.place(runner.orders)
    }
  }

  /// All open trades, and the closed ones that are new.
  private func trades(
    _ book: BookView, _ known: inout Int, _ name: (TextRef) -> String, to out: inout TraceBytes
  ) {
    out.text(name(book.positionEntryName))
    out.count(book.openCount)
    for i in 0..<book.openCount { if let trade = book.openTrades?[i] { out.trade(trade, name) } }
    out.count(book.closedCount - known)
    for i in known..<book.closedCount {
      if let trade = book.closedTrades?[i] { out.trade(trade, name) }
    }
    known = book.closedCount
  }

  private func failed(_ failure: ScriptFailure?, to out: inout TraceBytes) {
    out.flag(false)
    let (line, kind): (Int, String) =
      switch failure {
      case .budget(let line): (line, "budget")
      case .history(let line, _): (line, "history")
      case .length(let line, _): (line, "length")
      case .step(let line, _): (line, "step")
      case .error(let line, let message): (line, message)
      case .texts(let line): (line, "texts")
      case .orders(let line): (line, "orders")
      case .object(let line, let fault): (line, fault.sentence)
      case nil: (0, "")
      }
    out.integer(Int32(truncatingIfNeeded: line))
    out.text(kind)
  }
}
