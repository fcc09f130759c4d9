import CFxaot
import FXCore
import Market

// Sorters of rows as C sees them: an opaque pointer is the address of a RowSorter.

private func sorter(_ pointer: OpaquePointer?) -> UnsafeMutablePointer<RowSorter>? {
  pointer.map { UnsafeMutablePointer($0) }
}

@_cdecl("fxaot_sorter_new")
public func exportSorterNew(
  _ width: UInt32, _ out: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  guard let out, width >= 1, width <= 64 else { return status(FXAOT_BAD_ARGUMENT) }
  let pointer = UnsafeMutablePointer<RowSorter>.allocate(capacity: 1)
  pointer.initialize(to: RowSorter(width: Int(width)))
  out.pointee = OpaquePointer(pointer)
  return status(FXAOT_OK)
}

@_cdecl("fxaot_sorter_free")
public func exportSorterFree(_ pointer: OpaquePointer?) {
  guard let sorter = sorter(pointer) else { return }
  sorter.deinitialize(count: 1)
  sorter.deallocate()
}

@_cdecl("fxaot_sorter_add")
public func exportSorterAdd(
  _ pointer: OpaquePointer?, _ quotes: UnsafeRawPointer?, _ count: UInt64
) -> Int32 {
  guard let sorter = sorter(pointer), let count = Int(exactly: count), quotes != nil || count == 0
  else { return status(FXAOT_BAD_ARGUMENT) }
  guard let quotes else { return status(FXAOT_OK) }
  do throws(RowSorter.TooLate) {
    try sorter.pointee.add(quotes, count: count)
    return status(FXAOT_OK)
  } catch {
    return status(FXAOT_TIME_BACKWARDS)
  }
}

@_cdecl("fxaot_sorter_finish")
public func exportSorterFinish(_ pointer: OpaquePointer?) { sorter(pointer)?.pointee.finish() }

@_cdecl("fxaot_sorter_take")
public func exportSorterTake(
  _ pointer: OpaquePointer?, _ out: UnsafeMutableRawPointer?, _ capacity: UInt64
) -> UInt64 {
  guard let sorter = sorter(pointer), let out else { return 0 }
  return UInt64(sorter.pointee.take(into: out, capacity: Int(clamping: capacity)))
}

@_cdecl("fxaot_sorter_unordered")
public func exportSorterUnordered(_ pointer: OpaquePointer?) -> UInt64 {
  sorter(pointer)?.pointee.unordered ?? 0
}
