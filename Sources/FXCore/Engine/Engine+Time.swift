import CFxaot
import Records

/// Quotes whose time lies before, or far ahead of, their instrument's newest.
extension Engine {
  /// What happens by time alone, before a quote or an advance to that time takes effect.
  @inline(never)
  mutating func passTime(to time: Int64) {
    journal.isDirty = true
    accountState.quoteNumber = counts.accepted
    accountState.pass(to: time)
    takeLost()
  }

  static func isTime(_ time: Int64) -> Bool { time >= FXAOT_MIN_TIME_NS && time <= FXAOT_MAX_TIME_NS }

  /// FXAOT_OK if the quote is accepted all the same, else the reason.
  @inline(never)
  mutating func judge(_ time: Int64, _ instrument: UnsafeMutablePointer<InstrumentState>)
    -> fxaot_status
  {
    guard Self.isTime(time) else { return FXAOT_BAD_TIME }
    if time < instrument.pointee.clock { return FXAOT_TIME_BACKWARDS }
    if (time - instrument.pointee.clock).magnitude <= settings.maxTimeJump { return FXAOT_OK }
    if !instrument.pointee.hasQuote { return FXAOT_OK }
    if isReplaying {
      counts.gaps &+= 1
      return FXAOT_OK
    }
    let dropped = instrument.pointee.jump.add(time, within: settings.maxTimeJump)
    if dropped == 0 { return FXAOT_TIME_JUMP }
    raiseJump(instrument, to: time, dropped: dropped)
    return FXAOT_OK
  }

  /// After an advance to their time, dropped quotes no longer count as too far ahead.
  @inline(__always)
  mutating func confirmJump(_ instrument: UnsafeMutablePointer<InstrumentState>, to time: Int64) {
    let jump = instrument.pointee.jump
    if jump.count == 0 { return }
    if jump.latest > time && (jump.latest &- time).magnitude > settings.maxTimeJump { return }
    raiseJump(instrument, to: time, dropped: jump.count)
    instrument.pointee.jump.count = 0
  }

  private mutating func raiseJump(
    _ instrument: UnsafeMutablePointer<InstrumentState>, to time: Int64, dropped: Int
  ) {
    counts.alarms &+= 1
    var event = fxaot_event(alarm: FXAOT_ALARM_TIME_JUMP, quantity: Int64(dropped))
    event.time_ns = time
    event.symbol_ref = instrument.pointee.ref
    log.append(event)
  }
}

/// Counts an instrument's dropped quotes in a row from too far ahead. One is a fault; several at about the
/// same time are a new time.
struct TimeJump: BitwiseCopyable {
  /// After so many, the next quote that agrees with them is accepted.
  private static let needed = 3

  var count = 0
  private var earliest: Int64 = 0
  private(set) var latest: Int64 = 0

  mutating func persist(_ archive: inout some StateArchive) {
    archive(&count)
    archive(&earliest)
    archive(&latest)
    if archive.isLoading, !(0...Self.needed).contains(count) { archive.fail() }
  }

  /// Adds one. Returns how many were dropped before it if it is accepted, else 0.
  mutating func add(_ time: Int64, within limit: UInt64) -> Int {
    let (first, last) = (min(earliest, time), max(latest, time))
    if count == 0 || (last &- first).magnitude > limit {
      self = TimeJump(count: 1, earliest: time, latest: time)
      return 0
    }
    if count == Self.needed { return count }
    self = TimeJump(count: count + 1, earliest: first, latest: last)
    return 0
  }
}
