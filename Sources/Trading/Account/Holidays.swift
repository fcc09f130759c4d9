import CFxaot
import Calendar
import Libc
import Records

/// The holidays of an instrument's currencies: growing days since 1970-01-01. Whoever owns the instrument's state
/// releases them.
package struct Holidays: BitwiseCopyable {
  private let days: UnsafeMutablePointer<Int32>?
  private let count: Int

  package static var none: Holidays { Holidays(nil, 0) }

  private init(_ days: UnsafeMutablePointer<Int32>?, _ count: Int) {
    self.days = days
    self.count = count
  }

  /// A copy. nil for days that do not grow or are too many; FXAOT_OUT_OF_MEMORY is the other error.
  package static func copy(of terms: fxaot_terms) -> Result<Holidays, Fault> {
    let count = Int(clamping: terms.holiday_count)
    if count == 0 { return .success(.none) }
    guard count <= Int(FXAOT_MOST_HOLIDAYS), let source = terms.holidays else { return .failure(.wrong) }
    let given = UnsafeBufferPointer(start: source, count: count)
    guard zip(given, given.dropFirst()).allSatisfy(<) else { return .failure(.wrong) }
    guard let memory = malloc(count * MemoryLayout<Int32>.stride) else { return .failure(.outOfMemory) }
    let days = memory.bindMemory(to: Int32.self, capacity: count)
    days.initialize(from: source, count: count)
    return .success(Holidays(days, count))
  }

  package enum Fault: Error { case wrong, outOfMemory }

  package func release() { free(days) }

  /// O(log n).
  func contains(_ day: Int64) -> Bool {
    guard let days, let wanted = Int32(exactly: day) else { return false }
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if days[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    return low < count && days[low] == wanted
  }

  private func isBusinessDay(_ day: Int64) -> Bool { !Self.isWeekend(day) && !contains(day) }

  private static func isWeekend(_ day: Int64) -> Bool {
    let weekday = CivilDate.weekday(days: day)
    return weekday == 1 || weekday == 7
  }

  /// How many nights the end of a trading day counts: the days by which the value date moves on to the next trading
  /// day's. None on Saturday and Sunday. O(days to the value date × log n).
  func nights(endOf day: Int64, valueDays: Int) -> Int64 {
    if Self.isWeekend(day) { return 0 }
    var next = day + 1
    while Self.isWeekend(next) { next += 1 }
    return valueDate(of: next, valueDays) - valueDate(of: day, valueDays)
  }

  /// No run of holidays is longer.
  private static let mostDays: Int64 = 60

  private func valueDate(of day: Int64, _ businessDays: Int) -> Int64 {
    var (date, left) = (day, businessDays)
    while left > 0 || !isBusinessDay(date), date < day + Self.mostDays {
      date += 1
      if left > 0, isBusinessDay(date) { left -= 1 }
    }
    return date
  }
}

extension Holidays {
  /// Loading releases the days that were there.
  mutating func persist(_ archive: inout some StateArchive) {
    var list = Array(UnsafeBufferPointer(start: days, count: days == nil ? 0 : count))
    archive.list(&list, fresh: Int32(0)) { $0(&$1) }
    guard archive.isLoading else { return }
    release()
    self = .none
    list.withUnsafeBufferPointer { given in
      var terms = fxaot_terms()
      terms.holidays = given.baseAddress
      terms.holiday_count = UInt32(clamping: given.count)
      switch Holidays.copy(of: terms) {
      case .success(let copy): self = copy
      case .failure: archive.fail()
      }
    }
  }
}
