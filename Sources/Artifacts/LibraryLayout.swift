/// Where a shared library's parts lie in its file (System V ABI, chapter 5; ELF-64, little-endian).
/// The dynamic loader maps the parts that the program headers name, without a check of the file's length. A
/// read of a page beyond the file's end ends the process with SIGBUS.
struct LibraryLayout {
  private static let headerBytes = 64
  private static let entryBytes = 56
  private static let load = 1
  private static let dynamic = 2

  private let bytes: [UInt8]

  /// Why `bytes` cannot be opened safely; nil if every mapped part lies within them.
  /// Reads nothing outside them. Complexity: the number of parts, at most 65,535.
  static func fault(in bytes: [UInt8]) -> String? { LibraryLayout(bytes: bytes).fault }

  private var fault: String? {
    // 0x7F E L F, 64 bits, little-endian
    guard bytes.count >= LibraryLayout.headerBytes,
      bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
    else { return "it is not a shared library" }
    guard let table = number(at: 32, 8), number(at: 54, 2) == LibraryLayout.entryBytes,
      let count = number(at: 56, 2), table <= bytes.count,
      count * LibraryLayout.entryBytes <= bytes.count - table
    else { return "its section table is missing" }
    for index in 0..<count where !holdsPart(at: table + index * LibraryLayout.entryBytes) {
      return "it is truncated"
    }
    return nil
  }

  /// Whether the part that the entry at `entry` describes is mapped from within the file, or is not
  /// mapped.
  private func holdsPart(at entry: Int) -> Bool {
    let kind = number(at: entry, 4)
    guard kind == LibraryLayout.load || kind == LibraryLayout.dynamic else { return true }
    guard let offset = number(at: entry + 8, 8), let size = number(at: entry + 32, 8) else {
      return false
    }
    return offset <= bytes.count && size <= bytes.count - offset
  }

  /// `width` bytes as a number; nil where they are not there or it is beyond Int.
  private func number(at offset: Int, _ width: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - width else { return nil }
    let value = bytes[offset..<(offset + width)].reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    return Int(exactly: value)
  }
}
