/// A stream of bytes: a file, or what an archive holds, unpacked while it is read.
protocol ByteReader: AnyObject {
  /// Fills at most the buffer and answers how many bytes; 0 at the end, where an archive's length
  /// and checksum have been found right. Errors name the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int
}

extension ArraySlice<UInt8> {
  /// Moves as many of the first bytes as fit into a reader's buffer and answers how many.
  mutating func move(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = Swift.min(buffer.count, self.count)
    buffer.copyBytes(from: prefix(count))
    removeFirst(count)
    return count
  }
}

/// The bytes of a file from its current place on, at most `limit` of them.
final class FileReader: ByteReader {
  private let file: SystemFile
  private var left: UInt64
  private var pushedBack: ArraySlice<UInt8>
  /// Bytes of the file so far, packed ones: what a progress bar counts.
  private let onRead: (Int) -> Void

  init(
    _ file: SystemFile, pushedBack: [UInt8] = [], limit: UInt64 = .max,
    onRead: @escaping (Int) -> Void
  ) {
    self.file = file
    self.pushedBack = pushedBack[...]
    self.left = limit
    self.onRead = onRead
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ToolError) -> Int {
    let room = Int(min(UInt64(buffer.count), left))
    guard room > 0 else { return 0 }
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<room])
    let count = pushedBack.isEmpty ? try file.read(into: part) : pushedBack.move(into: part)
    left -= UInt64(count)
    onRead(count)
    return count
  }
}
