import CFxaot
import FIX

// The fast reader and the fast writer of FIX messages.

@_cdecl("fxaot_fix_read")
public func exportFIXRead(
  _ rules: UnsafePointer<fxaot_fix_rules>?, _ bytes: UnsafePointer<UInt8>?, _ count: UInt64, _ mostBody: UInt64,
  _ fields: UnsafeMutablePointer<fxaot_fix_field>?, _ capacity: UInt64, _ out: UnsafeMutablePointer<fxaot_fix_message>?
) -> Int32 {
  guard let rules, let bytes, let fields, let out, count <= UInt64(FXAOT_FIX_MAX_BYTES),
    let count = Int(exactly: count), let capacity = Int(exactly: capacity), rules.pointee.isWhole
  else { return status(FXAOT_BAD_ARGUMENT) }
  let room = UnsafeMutableBufferPointer(start: fields, count: capacity)
  let reader = FIXReader(rules.pointee, bytes, count: count)
  guard let message = reader.read(mostBody: Int(clamping: mostBody), into: room) else {
    return status(FXAOT_NOT_FOUND)
  }
  out.pointee = message
  return status(FXAOT_OK)
}

@_cdecl("fxaot_fix_write")
public func exportFIXWrite(
  _ rules: UnsafePointer<fxaot_fix_rules>?, _ message: UInt64, _ values: UnsafePointer<fxaot_fix_value>?,
  _ count: UInt64, _ bytes: UnsafeMutablePointer<UInt8>?, _ capacity: UInt64,
  _ out: UnsafeMutablePointer<fxaot_fix_span>?
) -> Int32 {
  guard let rules, let values, let bytes, let out, rules.pointee.isWhole, let count = Int(exactly: count),
    let capacity = Int(exactly: capacity), message < rules.pointee.message_count
  else { return status(FXAOT_BAD_ARGUMENT) }
  var writer = FIXWriter(rules.pointee, into: bytes, capacity: capacity)
  guard let span = writer.write(message: Int(message), UnsafeBufferPointer(start: values, count: count)) else {
    return status(FXAOT_NOT_FOUND)
  }
  out.pointee = fxaot_fix_span(start: UInt64(span.lowerBound), count: UInt64(span.count))
  return status(FXAOT_OK)
}

extension fxaot_fix_rules {
  fileprivate var isWhole: Bool {
    kinds != nil && codes != nil && types != nil && members != nil && required != nil && known != nil && header != nil
      && groups != nil && group_members != nil && group_required != nil && message_count <= UInt64(FXAOT_FIX_MESSAGES)
      && group_count <= UInt64(FXAOT_FIX_GROUPS)
  }
}
