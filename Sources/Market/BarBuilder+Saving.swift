import CFxaot
import Records

extension BarBuilder {
  /// The bar that is open, without its timeframe and its listeners.
  package mutating func persist(_ archive: inout some StateArchive) {
    for side in 0..<4 { archive(&extremes[side]) }
    archive(&endTime)
    archive(&openTime)
    archive(&ticks)
    archive(&size)
    open.persist(&archive)
    highMid.persist(&archive)
    lowMid.persist(&archive)
    if archive.isLoading, !isPlausible { archive.fail() }
  }

  private var isPlausible: Bool {
    let span = FXAOT_MIN_TIME_NS - Timeframe.longest...FXAOT_MAX_TIME_NS + Timeframe.longest
    let hasTimes =
      ticks == 0 || span.contains(openTime) && (timeframe.isTime ? span.contains(endTime) : endTime == .max)
    return hasTimes && ticks >= 0 && size >= 0 && (ticks > 0 || endTime == .max)
  }
}

extension QuoteSteps {
  package mutating func persist(_ archive: inout some StateArchive) {
    archive(&bid)
    archive(&ask)
    let steps = 0...Int64(1) << 51
    if archive.isLoading, !steps.contains(bid) || !steps.contains(ask) { archive.fail() }
  }
}

extension Timeframe {
  /// nil when the bytes hold no such value.
  package static func persist(_ timeframe: Timeframe?, _ archive: inout some StateArchive) -> Timeframe? {
    var (kind, count) = (timeframe?.kind ?? 0, timeframe?.count ?? 0)
    archive(&kind)
    archive(&count)
    if !archive.isLoading { return timeframe }
    // As it was made: of one unit, times a feed's multiple.
    let loaded = Timeframe(fxaot_timeframe(kind: kind, count: 1), multiple: count)
    if loaded == nil { archive.fail() }
    return loaded
  }
}
