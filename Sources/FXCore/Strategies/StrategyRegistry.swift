import CFxaot
import Synchronization

/// The process-wide list of strategy tables: the built-in ones, then those registered from C.
/// Any thread may call any function.
public enum StrategyRegistry {
  /// Limit of registered tables, without the built-in ones.
  public static let mostRegistered = 4096

  /// Tables are immutable and never freed, so pointers to them may cross threads.
  private struct Tables: @unchecked Sendable {
    var pointers: [UnsafePointer<fxaot_strategy>]
  }

  private static let tables = Mutex(Tables(pointers: BuiltinStrategies.tables))

  /// The index-th table in order of registration, nil past the end. O(1).
  public static func table(at index: Int) -> UnsafePointer<fxaot_strategy>? {
    let found = tables.withLock { tables in
      Tables(pointers: tables.pointers.indices.contains(index) ? [tables.pointers[index]] : [])
    }
    return found.pointers.first
  }

  /// The table of that name. O(number of strategies); not for the hot path.
  public static func find(_ name: UnsafePointer<CChar>) -> UnsafePointer<fxaot_strategy>? {
    snapshot().first { CText.equal($0.pointee.name, name) }
  }

  /// Adds a table that stays valid for the life of the process.
  ///
  /// Errors: `FXAOT_BAD_ABI` for another ABI version, `FXAOT_BAD_ARGUMENT` for a table that no
  /// engine could run, `FXAOT_ALREADY_EXISTS` for a name that is taken, `FXAOT_LIMIT`.
  public static func register(_ table: UnsafePointer<fxaot_strategy>) -> fxaot_status {
    let verdict = StrategyTableCheck.verdict(table.pointee)
    guard verdict == FXAOT_OK, let name = table.pointee.name else { return verdict }
    let entry = Tables(pointers: [table])
    let text = CText(name)
    return tables.withLock { tables in
      if tables.pointers.contains(where: { text.equals($0.pointee.name) }) {
        return FXAOT_ALREADY_EXISTS
      }
      if tables.pointers.count >= mostRegistered + BuiltinStrategies.tables.count {
        return FXAOT_LIMIT
      }
      tables.pointers += entry.pointers
      return FXAOT_OK
    }
  }

  private static func snapshot() -> [UnsafePointer<fxaot_strategy>] {
    tables.withLock { $0 }.pointers
  }
}
