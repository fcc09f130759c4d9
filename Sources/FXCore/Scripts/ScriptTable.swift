import Messaging
import StrategyVM

/// The scripts of an engine by their places. Only the table holds references, so work on a script by its
/// place costs no reference counting.
struct ScriptTable: ~Copyable {
  typealias Entry = Unmanaged<LiveScript>

  private var places = Slab<Entry?>()

  deinit { for entry in places.elements { entry?.release() } }

  /// Makes room for `more` scripts; false when there is no memory.
  mutating func reserve(_ more: Int) -> Bool { places.reserve(places.count + more) }

  /// Takes over an entry and its reference. There must be room. O(places).
  mutating func add(_ entry: Entry) -> Int {
    if let free = places.elements.firstIndex(where: { $0 == nil }) {
      places.base[free] = entry
      return free
    }
    _ = places.append(entry)
    return places.count - 1
  }

  /// Removes an entry and hands over its reference; nil for an empty place.
  mutating func take(_ place: Int) -> Entry? {
    guard places.elements.indices.contains(place) else { return nil }
    defer { places.base[place] = nil }
    return places.base[place]
  }

  /// Puts another entry, and its reference, into a place that is taken.
  mutating func replace(_ place: Int, by entry: Entry) {
    let old = take(place)
    places.base[place] = entry
    old?.release()
  }

  mutating func remove(_ place: Int) { take(place)?.release() }

  /// nil for an empty place.
  @inline(__always)
  subscript(place: Int) -> Entry? {
    place < places.count ? places.base[place] : nil
  }

  /// A bar of another instrument, for a script that reads it.
  func show(_ place: Int, _ bar: ScriptBar, of key: UInt64) {
    self[place]?._withUnsafeGuaranteedRef { $0.version.take(bar, of: key) }
  }
}

extension Engine {
  /// The strategy's script, if it is one. Counts a reference: not for the hot path.
  func script(of strategy: StrategyState) -> LiveScript? {
    strategy.scriptPlace.flatMap { scripts[$0]?.takeUnretainedValue() }
  }

  /// Frees the strategy's own memory, before its slot becomes free.
  mutating func release(_ strategy: StrategyState) {
    switch strategy.content {
    case .table(let version): version.release()
    case .script(let place): scripts.remove(place)
    }
  }
}
