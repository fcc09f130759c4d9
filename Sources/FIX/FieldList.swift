import CFxaot

/// The fields of a message as they come, and whether its rules allow each. A group's entries stand behind its count:
///
///     field field GROUP ENTRY field field ENTRY field field …
///                 GROUP: whole = 2 entries, length = the 6 elements behind it. ENTRY: length = its fields
struct FieldList {
  private let fields: UnsafeMutablePointer<fxaot_fix_field>
  private let capacity: Int
  private let members: UnsafePointer<UInt64>
  private let required: UnsafePointer<UInt64>
  private let header: UnsafePointer<UInt64>
  /// The tags so far: of the message, and behind these of the entry.
  private let seen: UnsafeMutablePointer<UInt64>
  private(set) var used = 0
  private var isInHeader = true
  private var group: Group?

  /// A group that is open: the places of its count and of its newest entry, and how many entries are yet to come.
  struct Group {
    let first: Int
    let members: UnsafePointer<UInt64>
    let required: UnsafePointer<UInt64>
    var place = 0
    var entry = -1
    var left = 0
  }

  static let words = Int(FXAOT_FIX_TAGS) / 64

  /// `seen` has two sets.
  init(
    _ fields: UnsafeMutablePointer<fxaot_fix_field>, capacity: Int, members: UnsafePointer<UInt64>,
    required: UnsafePointer<UInt64>, header: UnsafePointer<UInt64>, seen: UnsafeMutablePointer<UInt64>
  ) {
    self.fields = fields
    self.capacity = capacity
    self.members = members
    self.required = required
    self.header = header
    self.seen = seen
    seen.initialize(repeating: 0, count: 2 * Self.words)
  }

  var isInGroup: Bool { group != nil }

  @inline(__always)
  static func has(_ set: UnsafePointer<UInt64>, _ tag: Int) -> Bool {
    set[tag / 64] & (1 &<< UInt64(tag % 64)) != 0
  }

  /// The element of the next field, without its value; nil where the message may not have it here.
  @inline(__always)
  mutating func add(_ tag: Int, _ value: Range<Int>) -> UnsafeMutablePointer<fxaot_fix_field>? {
    if let open = group, Self.has(open.members, tag) {
      if tag == open.first, !beginEntry() { return nil }
      guard group?.entry ?? -1 >= 0, isNew(tag, seen + Self.words) else { return nil }
    } else {
      guard closeGroup(), Self.has(members, tag) else { return nil }
      let isOfHeader = Self.has(header, tag)
      guard isInHeader || !isOfHeader, isNew(tag, seen) else { return nil }
      isInHeader = isOfHeader
    }
    return append(tag, FXAOT_FIX_TEXT, value)
  }

  /// The field that was added last is the count of a group.
  mutating func open(_ group: Group, entries: Int) {
    self.group = group
    self.group?.place = used - 1
    self.group?.left = entries
    fields[used - 1].form = UInt32(FXAOT_FIX_GROUP)
  }

  /// Whether nothing is missing.
  mutating func close() -> Bool {
    closeGroup() && isWhole(seen, required)
  }

  private mutating func beginEntry() -> Bool {
    guard let open = group, open.left > 0, endEntry(),
      append(Int(fields[open.place].tag), FXAOT_FIX_ENTRY, 0..<0) != nil
    else { return false }
    group?.entry = used - 1
    group?.left = open.left - 1
    (seen + Self.words).update(repeating: 0, count: Self.words)
    return true
  }

  private func endEntry() -> Bool {
    guard let open = group, open.entry >= 0 else { return true }
    fields[open.entry].length = UInt32(truncatingIfNeeded: used - 1 - open.entry)
    return isWhole(seen + Self.words, open.required)
  }

  @inline(__always)
  private mutating func closeGroup() -> Bool {
    guard let open = group else { return true }
    guard open.left == 0, endEntry() else { return false }
    fields[open.place].length = UInt32(truncatingIfNeeded: used - 1 - open.place)
    group = nil
    return true
  }

  @inline(__always)
  private func isNew(_ tag: Int, _ set: UnsafeMutablePointer<UInt64>) -> Bool {
    let bit = UInt64(1) &<< UInt64(tag % 64)
    guard set[tag / 64] & bit == 0 else { return false }
    set[tag / 64] |= bit
    return true
  }

  @inline(__always)
  private func isWhole(_ set: UnsafePointer<UInt64>, _ required: UnsafePointer<UInt64>) -> Bool {
    for word in 0..<Self.words where required[word] & ~set[word] != 0 { return false }
    return true
  }

  @inline(__always)
  private mutating func append(_ tag: Int, _ form: Int, _ value: Range<Int>) -> UnsafeMutablePointer<fxaot_fix_field>? {
    guard used < capacity else { return nil }
    let field = fields + used
    used += 1
    field.pointee.tag = UInt32(truncatingIfNeeded: tag)
    field.pointee.form = UInt32(truncatingIfNeeded: form)
    field.pointee.offset = UInt32(truncatingIfNeeded: value.lowerBound)
    field.pointee.length = UInt32(truncatingIfNeeded: value.count)
    return field
  }
}
