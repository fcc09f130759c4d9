import Calendar
import StrategyIR

/// A `request.security` at work: gathers the bars of the world that asked, or of another symbol, to
/// bars of its period, runs its world on them, and shows the results to the world that asked.
///
/// Without lookahead a period's results are seen from the chart bar on that closes it; when that
/// bar is missing, from the next one on. With lookahead they are seen from the period's first chart
/// bar on: over a history that is known beforehand as they will be at its end, otherwise as the
/// period looks so far. Chart bars on days on which the symbol is not traded belong to no day, week
/// or month.
///
/// Longer than a file should be: gathering, running and showing share the state of one request.
final class RequestFeed {
  let world: World
  let feeds: [RequestFeed]
  let period: Period
  let calendar: TradingCalendar
  let gaps: Bool
  let lookahead: Bool
  let registers: [RequestRegister]
  /// The symbol's trading hours; nil when it always trades.
  let hours: Session?
  let source: FeedSource?
  /// Of `request.security_lower_tf`: the types of its arrays' elements.
  let elements: [ValueType]?
  /// Whether its periods are shorter than the chart's bars, so that several may close in one.
  let isShorter: Bool
  /// Whether the bars that it gets are those of its period.
  let isOwnPeriod: Bool
  @exclusivity(unchecked) private var rates: CurrencyRates?
  /// Where its world sees Heikin-Ashi bars, the newest one.
  @exclusivity(unchecked) private var heikinAshi: HeikinAshi?

  @exclusivity(unchecked) private var bucket = ScriptBar(
    time: 0, timeClose: 0, open: .nan, high: .nan, low: .nan, close: .nan, volume: 0)
  @exclusivity(unchecked) private var isOpen = false
  /// Results that are to be seen, and whether they are new since the last look.
  @exclusivity(unchecked) private var shown: [Double]
  @exclusivity(unchecked) private var isFresh = false
  /// With lookahead over a history: where each period begins, and its results one behind the other.
  private var starts: [Int64] = []
  private var ends: [Int64] = []
  private var finals: [Double] = []
  @exclusivity(unchecked) private var next = 0
  /// The results that are arrays, and what is to be seen of them: copies, since the world goes on.
  private let copied: [Int]
  @exclusivity(unchecked) private var copies: [ArrayCopy?]
  private var finalCopies: [[ArrayCopy?]] = []
  private var foreseenValues = 0
  /// Over a history: number and beginning of its last period. nil: the newest one is the last.
  private var last: (index: Int, time: Int64)?
  /// Of arrays: the results of each period, and when it closed.
  @exclusivity(unchecked) private var within: [(end: Int64, results: [Double])] = []
  /// The bar of the chart at hand, and whether one of its periods has been shown.
  @exclusivity(unchecked) private var asking = Int64.min
  @exclusivity(unchecked) private var hasShown = false
  /// For a look at a period that is not over.
  private var saved: UnsafeMutableRawPointer?

  init(
    world: World, feeds: [RequestFeed], period: Period, calendar: TradingCalendar, gaps: Bool,
    lookahead: Bool, registers: [RequestRegister], hours: Session?, input: FeedInput = FeedInput()
  ) {
    self.hours = hours
    source = input.source
    elements = input.elements
    isShorter = input.isShorter
    isOwnPeriod = input.isOwnPeriod
    rates = input.rates
    heikinAshi = input.isHeikinAshi ? HeikinAshi() : nil
    self.world = world
    self.feeds = feeds
    self.period = period
    self.calendar = calendar
    self.gaps = gaps
    self.lookahead = lookahead
    self.registers = registers
    shown = Array(repeating: .nan, count: world.code.results.count)
    copied =
      elements != nil ? [] : Set(registers.lazy.filter { $0.type == .reference }.map(\.result)).sorted()
    copies = copied.map { _ in nil }
  }

  deinit { saved?.deallocate() }

  var needsHistory: Bool { seesAhead || readsPlace || feeds.contains(where: \.needsHistory) }

  /// Whether its world asks where among all bars a bar is.
  private var readsPlace: Bool {
    world.code.fields.contains {
      switch $0 {
      case .lastIndex, .lastTime, .isLast, .isHistory, .isRealtime, .isLastConfirmedHistory: true
      default: false
      }
    }
  }

  /// Forgets everything.
  func reset() {
    for feed in feeds { feed.reset() }
    source?.reset()
    world.reset()
    if heikinAshi != nil { heikinAshi = HeikinAshi() }
    isOpen = false
    isFresh = false
    for i in shown.indices { shown[i] = .nan }
    for i in copies.indices { copies[i] = nil }
    within = []
    next = 0
  }

  // MARK: A history known beforehand

  /// Calculates the final results of the periods of these bars. Leaves the feed as new.
  func foresee(_ bars: UnsafeBufferPointer<ScriptBar>, _ book: UnsafePointer<BookView>) -> Bool {
    if let source {
      let known = Array(source.known(by: bars.last?.timeClose ?? .min))
      return known.withUnsafeBufferPointer { foreseeOwn($0, book) }
    }
    return foreseeOwn(bars, book)
  }

  private func foreseeOwn(
    _ bars: UnsafeBufferPointer<ScriptBar>, _ book: UnsafePointer<BookView>
  ) -> Bool {
    for feed in feeds where !feed.foresee(bars, book) { return false }
    if readsPlace { countPeriods(bars) }
    guard seesAhead else { return true }
    reset()
    starts = []
    ends = []
    finals = []
    finalCopies = []
    foreseenValues = 0
    for bar in bars {
      guard take(bar, book, { self.record() }), world.failure == nil else { return false }
    }
    if isOpen {
      guard close(book) else { return false }
      record()
    }
    guard world.failure == nil else { return false }
    reset()
    return true
  }

  /// The periods that these bars make, the last one as well if it is not over.
  private func countPeriods(_ bars: UnsafeBufferPointer<ScriptBar>) {
    var count = 0
    for bar in bars where !isLeftOut(bar) {
      if !isOpen || bar.time >= bucket.timeClose {
        open(bar)
        count += 1
      }
      isOpen = !isOver(at: bar.timeClose)
    }
    isOpen = false
    last = count > 0 ? (count - 1, bucket.time) : nil
  }

  private func record() {
    starts.append(bucket.time)
    ends.append(bucket.timeClose)
    for register in world.code.results { finals.append(world.registers[register]) }
    if copied.isEmpty { return }
    let copies = newCopies()
    finalCopies.append(copies)
    foreseenValues += copies.reduce(0) { $0 + ($1?.values.count ?? 0) }
    if foreseenValues > Self.mostForeseen {
      world.fail(
        .error(line: 0, message: "the arrays of request.security with lookahead exceed 64 MiB over all periods"))
    }
  }

  /// Values in all arrays of `finalCopies`.
  private static let mostForeseen = 8 << 20

  private func newCopies() -> [ArrayCopy?] {
    copied.map { result in
      guard world.code.results.indices.contains(result) else { return nil }
      return world.heap?.copy(ofArray: world.registers[world.code.results[result]])
    }
  }

  private func showFinals(_ period: Int) {
    let count = shown.count
    for i in 0..<count { shown[i] = finals[period * count + i] }
    if !copied.isEmpty { copies = finalCopies[period] }
  }

  /// The results of the period that the bar lies in, where they are known; false: they are not.
  private func showForeseen(_ bar: ScriptBar) -> Bool {
    while next < starts.count, ends[next] <= bar.time {
      next += 1
      isFresh = true
    }
    if next == 0, bar.time >= starts.first ?? .max, !isOpen { isFresh = true }
    guard next < starts.count, starts[next] <= bar.time else { return false }
    showFinals(next)
    return true
  }

  // MARK: Bar by bar

  /// Takes in the chart's next bar; false when the world has failed.
  func advance(_ bar: ScriptBar, _ book: UnsafePointer<BookView>) -> Bool {
    if isShorter || elements != nil { return advanceWithin(bar, book) }
    if let source { return advance(bar, from: source, book) }
    if lookahead, isLeftOut(bar) {
      for feed in feeds where !feed.advance(bar, book) { return false }
      return true
    }
    if showsForeseen(bar.time) {
      let isKnown = showForeseen(bar)
      isOpen = isKnown
      if isKnown { return true }
    }
    let before = isOpen ? bucket.time : .min
    guard take(bar, book, seePeriod) else { return false }
    guard lookahead else { return true }
    if !isOpen || bucket.time != before { isFresh = true }
    if isOpen { return peek(book) }
    show()
    return true
  }

  /// The periods that close in one of the chart's bars.
  private func advanceWithin(_ bar: ScriptBar, _ book: UnsafePointer<BookView>) -> Bool {
    (asking, hasShown) = (bar.time, false)
    guard let source else { return take(bar, book, seePeriod) }
    while let other = source.pull(by: bar) {
      guard take(other, book, seePeriod) else { return false }
    }
    return pass(to: bar.timeClose, book, seePeriod)
  }

  /// What is to be seen of a period that has closed. Arrays get all within a bar; else the last one counts, with
  /// lookahead the first one within the bar.
  private func seePeriod() {
    if elements != nil { return keepResults() }
    if !lookahead { return show() }
    guard isShorter, !hasShown, bucket.timeClose > asking else { return }
    hasShown = true
    show()
  }

  private func keepResults() {
    within.append((bucket.timeClose, world.code.results.map { world.registers[$0] }))
  }

  /// With lookahead, the results of periods that are not over.
  private var seesAhead: Bool { lookahead && !isShorter }

  /// The same with bars of another symbol.
  private func advance(
    _ bar: ScriptBar, from source: FeedSource, _ book: UnsafePointer<BookView>
  ) -> Bool {
    if lookahead, !starts.isEmpty {
      showBegun(bar.time)
      return true
    }
    let before = isOpen ? bucket.time : .min
    var isNews = false
    while let other = source.pull(by: bar) {
      guard take(other, book, seePeriod) else { return false }
      isNews = true
    }
    let wasOpen = isOpen
    guard pass(to: bar.timeClose, book, seePeriod) else { return false }
    guard lookahead, isNews || wasOpen != isOpen else { return true }
    if !isOpen || bucket.time != before { isFresh = true }
    if isOpen { return peek(book) }
    show()
    return true
  }

  /// One bar, for the requests inside this one and for this one. A period whose last bar is missing
  /// is closed first: its world must not see what came after it.
  private func take(
    _ bar: ScriptBar, _ book: UnsafePointer<BookView>, _ closed: () -> Void
  ) -> Bool {
    if isOpen, bar.time >= bucket.timeClose {
      guard pass(to: bar.time, book, closed) else { return false }
    }
    for feed in feeds where !feed.advance(bar, book) { return false }
    return gather(bar, book, closed)
  }

  /// Closes a period that has ended by an instant, even without a closing bar: first the requests
  /// inside, up to the period's end, then this one, then whatever ended inside since.
  private func pass(
    to time: Int64, _ book: UnsafePointer<BookView>, _ closed: () -> Void
  ) -> Bool {
    if showsForeseen(time) { return true }
    if isOpen, time >= bucket.timeClose {
      let end = bucket.timeClose
      for feed in feeds where feed.source != nil && !feed.isShorter && feed.elements == nil {
        guard feed.pull(to: end, book) else { return false }
      }
      guard passInner(to: end, book), close(book) else { return false }
      closed()
    }
    return passInner(to: time, book)
  }

  private func passInner(to time: Int64, _ book: UnsafePointer<BookView>) -> Bool {
    for feed in feeds where feed.source == nil {
      guard feed.pass(to: time, book, feed.seePeriod) else { return false }
    }
    return true
  }

  /// Another symbol's bars that had closed by an instant on which the chart has no bar.
  private func pull(to time: Int64, _ book: UnsafePointer<BookView>) -> Bool {
    advance(
      ScriptBar(
        time: time &- 1, timeClose: time, open: .nan, high: .nan, low: .nan, close: .nan, volume: 0),
      book)
  }

  /// Whether the periods at an instant are known beforehand, so that none is gathered.
  private func showsForeseen(_ time: Int64) -> Bool {
    lookahead && !starts.isEmpty && time < ends[ends.count - 1]
  }

  /// The results of the newest period that has begun, where they are known beforehand.
  private func showBegun(_ time: Int64) {
    let before = next
    while next < starts.count, starts[next] <= time { next += 1 }
    guard next > before else { return }
    isFresh = true
    showFinals(next - 1)
  }

  /// Adds the bar to its period's, and runs the world when the period is over.
  private func gather(
    _ raw: ScriptBar, _ book: UnsafePointer<BookView>, _ closed: () -> Void
  ) -> Bool {
    let bar = converted(raw)
    if isLeftOut(bar) { return true }
    if isOpen {
      bucket.high = max(bucket.high, bar.high)
      bucket.low = min(bucket.low, bar.low)
      bucket.close = bar.close
      bucket.volume += bar.volume
    } else {
      open(bar)
    }
    if isOver(at: bar.timeClose) {
      guard close(book) else { return false }
      closed()
    }
    return true
  }

  /// Begins a period with its first bar.
  private func open(_ bar: ScriptBar) {
    bucket = bar
    isOpen = true
    if isWhole { return }
    let bounds = calendar.bounds(of: period, at: bar.time)
    bucket.time = bounds.start
    bucket.timeClose = bounds.end
  }

  /// Whether the bars are those of its period.
  private var isWhole: Bool { source?.isWhole ?? isOwnPeriod }

  private func isLeftOut(_ bar: ScriptBar) -> Bool {
    !isWhole && !period.isIntraday && !calendar.isTraded(at: bar.time)
  }

  private func converted(_ bar: ScriptBar) -> ScriptBar {
    guard let rate = rates?.rate(at: bar.time) else { return bar }
    return ScriptBar(
      time: bar.time, timeClose: bar.timeClose, open: bar.open * rate, high: bar.high * rate,
      low: bar.low * rate, close: bar.close * rate, volume: bar.volume)
  }

  /// Whether a period's last bar has closed: at its end, or when the symbol does not trade until
  /// then.
  private func isOver(at time: Int64) -> Bool {
    guard time < bucket.timeClose else { return true }
    guard let hours else { return false }
    var probe = time
    for _ in 0..<Self.probes where probe < bucket.timeClose {
      if hours.contains(probe, in: calendar.zone) { return false }
      probe &+= Self.probeStep
    }
    return true
  }

  /// Sessions begin on a multiple of this; 5 minutes.
  private static let probeStep: Int64 = 300_000
  /// Two weeks; a symbol that does not trade for so long has closed its period.
  private static let probes = 4_032

  private func close(_ book: UnsafePointer<BookView>) -> Bool {
    isOpen = false
    return run(book)
  }

  private func run(_ book: UnsafePointer<BookView>) -> Bool {
    for feed in feeds { feed.publish(to: world, on: bucket.time) }
    let place = BarPlace(
      lastIndex: last?.index ?? world.nextIndex, lastTime: last?.time ?? bucket.time, isHistory: last != nil)
    return withUnsafePointer(to: shaped(bucket)) { world.step($0, place, book) }
  }

  /// The bar as its world sees it.
  private func shaped(_ bar: ScriptBar) -> ScriptBar {
    guard var made = heikinAshi else { return bar }
    let prices = made.take(bar.open, bar.high, bar.low, bar.close)
    heikinAshi = made
    return ScriptBar(
      time: bar.time, timeClose: bar.timeClose, open: prices.open, high: prices.high, low: prices.low,
      close: prices.close, volume: bar.volume)
  }

  private func show() {
    for (i, register) in world.code.results.enumerated() {
      shown[i] = world.registers[register]
    }
    if !copied.isEmpty { copies = newCopies() }
    isFresh = true
  }

  /// The results of the period so far; the world goes back to where it was.
  private func peek(_ book: UnsafePointer<BookView>) -> Bool {
    let bytes = world.code.stateBytes
    let saved = self.saved ?? .allocate(byteCount: bytes, alignment: 64)
    self.saved = saved
    saved.copyMemory(from: world.state, byteCount: bytes)
    let (fresh, newest) = (isFresh, heikinAshi)
    let objects = world.heap?.saved()
    let ok = run(book)
    show()
    (isFresh, heikinAshi) = (fresh, newest)
    world.state.copyMemory(from: saved, byteCount: bytes)
    if let objects { world.heap?.restore(objects) }
    return ok
  }

  /// Puts the visible results into the registers of the world that asks, whose bar begins then.
  func publish(to asking: World, on time: Int64) {
    let target = asking.registers
    if let elements { return publishArrays(of: elements, to: asking, on: time) }
    let isHidden = gaps && !isFresh
    isFresh = false
    for register in registers where register.type != .reference {
      let value = register.result < shown.count && !isHidden ? shown[register.result] : .nan
      target[register.register] = register.type == .bool && value != value ? 0 : value
    }
    if copied.isEmpty { return }
    for register in registers where register.type == .reference {
      let copy = isHidden ? nil : copied.firstIndex(of: register.result).flatMap { copies[$0] }
      target[register.register] = copy.flatMap { asking.heap?.array($0.element, $0.values) } ?? .nan
    }
  }

  private func publishArrays(of elements: [ValueType], to asking: World, on time: Int64) {
    within.removeAll { $0.end <= time }
    for register in registers where elements.indices.contains(register.result) {
      let values = within.map { register.result < $0.results.count ? $0.results[register.result] : .nan }
      asking.registers[register.register] = asking.heap?.array(elements[register.result], values) ?? .nan
    }
  }

  // MARK: Snapshots

  func write(_ writer: inout StateWriter) {
    world.write(&writer)
    writer.bar(bucket)
    writer.count((isOpen ? 1 : 0) | (isFresh ? 2 : 0) | (hasShown ? 4 : 0))
    writer.count(Int(asking))
    writer.count(next)
    source?.write(&writer)
    if let heikinAshi {
      writer.double(heikinAshi.open)
      writer.double(heikinAshi.close)
    }
    for x in shown { writer.double(x) }
    for copy in copies {
      writer.count(copy.map { Int($0.element.rawValue) + 1 } ?? 0)
      writer.count(copy?.values.count ?? 0)
      for x in copy?.values ?? [] { writer.double(x) }
    }
    guard elements != nil else { return }
    writer.count(within.count)
    for period in within {
      writer.count(Int(period.end))
      for x in period.results { writer.double(x) }
    }
  }

  func read(_ reader: inout StateReader) {
    world.read(&reader)
    bucket = reader.bar()
    let flags = reader.integer()
    isOpen = flags & 1 != 0
    isFresh = flags & 2 != 0
    hasShown = flags & 4 != 0
    asking = Int64(reader.integer())
    next = min(max(reader.integer(), 0), starts.count)
    source?.read(&reader)
    if heikinAshi != nil {
      heikinAshi?.open = reader.double()
      heikinAshi?.close = reader.double()
    }
    for i in shown.indices { shown[i] = reader.double() }
    for i in copies.indices {
      let element = ValueType(rawValue: UInt8(truncatingIfNeeded: reader.integer() &- 1))
      var values: [Double] = []
      for _ in 0..<reader.count() where reader.isValid { values.append(reader.double()) }
      copies[i] = element.map { ArrayCopy(element: $0, values: values) }
    }
    guard elements != nil else { return }
    within = []
    for _ in 0..<reader.count() where reader.isValid {
      let end = Int64(reader.integer())
      within.append((end, world.code.results.map { _ in reader.double() }))
    }
  }
}
