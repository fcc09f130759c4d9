/// Bars gathered to longer periods, as a `request.security` without lookahead sees them: those that
/// have closed, and for each bar the newest of them.
@frozen
public struct PeriodColumns {
  public let bars: BarColumns
  public let time, timeClose: UnsafePointer<Int64>
  /// For each bar gathered the number of the newest period that has closed, or −1.
  public let seen: UnsafePointer<Int32>

  /// Bytes of memory for the columns of so many bars.
  @inlinable
  public static func bytes(_ count: Int) -> Int { (count &+ 8) &* 60 &+ 64 }

  /// - Parameters:
  ///   - length: Of a period within a day, in milliseconds; a day's last one ends with it.
  ///   - dayStart: Of a day, in milliseconds after midnight UTC.
  ///   - place: `bytes` of memory, at a multiple of 8.
  @inlinable
  public init(
    _ source: BarColumns, _ time: UnsafePointer<Int64>, _ timeClose: UnsafePointer<Int64>,
    _ length: Int64, _ dayStart: Int64, _ place: UnsafeMutableRawPointer
  ) {
    let room = source.count &+ 8
    let rows = place.assumingMemoryBound(to: Double.self)
    let starts = (place + 40 &* room).assumingMemoryBound(to: Int64.self)
    let ends = starts + room
    let seen = (place + 56 &* room).assumingMemoryBound(to: Int32.self)
    let (open, high, low) = (rows, rows + room, rows + 2 &* room)
    let (close, volume) = (rows + 3 &* room, rows + 4 &* room)
    var k = 0
    var isOpen = false
    var i = 0
    while i < source.count {
      if isOpen, time[i] >= ends[k] {
        k &+= 1
        isOpen = false
      }
      if isOpen {
        high[k] = max(high[k], source.high[i])
        low[k] = min(low[k], source.low[i])
        close[k] = source.close[i]
        volume[k] += source.volume[i]
      } else {
        (starts[k], ends[k]) = Self.bounds(time[i], length, dayStart)
        open[k] = source.open[i]
        high[k] = source.high[i]
        low[k] = source.low[i]
        close[k] = source.close[i]
        volume[k] = source.volume[i]
        isOpen = true
      }
      if timeClose[i] >= ends[k] {
        k &+= 1
        isOpen = false
      }
      seen[i] = Int32(truncatingIfNeeded: k &- 1)
      i &+= 1
    }
    bars = BarColumns(open: open, high: high, low: low, close: close, volume: volume, count: k)
    self.time = UnsafePointer(starts)
    self.timeClose = UnsafePointer(ends)
    self.seen = UnsafePointer(seen)
  }

  @inlinable
  static func bounds(_ time: Int64, _ length: Int64, _ dayStart: Int64) -> (Int64, Int64) {
    let day: Int64 = 86_400_000
    // Far beyond any calendar, and far from overflow.
    let instant = min(max(time, -(1 << 52)), 1 << 52)
    var ofDay = (instant &- dayStart) % day
    if ofDay < 0 { ofDay &+= day }
    let start = instant &- ofDay
    let from = start &+ (length > 0 ? ofDay / length &* length : 0)
    return (from, min(from &+ length, start &+ day))
  }
}
