/// A file that is written from start to end, packed when its name ends in .gz.
///
/// Unless `finish` has succeeded, a regular file is removed again: nobody shall take half a file
/// for a whole one.
final class OutputFile {
  private let file: SystemFile
  private var buffer: [UInt8] = []
  private var packer: GzipPacker?
  private var isFinished = false
  private static let capacity = 1 << 16

  /// `-` or nil is standard output.
  init(_ path: String?) throws(ToolError) {
    if let path, path != "-" {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw .system("write", path, errno) }
      file = SystemFile(descriptor: descriptor, path: path)
      if path.hasSuffix(".gz") { packer = try GzipPacker() }
    } else {
      file = SystemFile(descriptor: 1, path: "standard output")
    }
    buffer.reserveCapacity(OutputFile.capacity + 512)
  }

  deinit {
    if !isFinished, file.descriptor > 2, file.status?.isRegular == true { unlink(file.path) }
  }

  func write(_ text: String) throws(ToolError) { try append { $0.append(contentsOf: text.utf8) } }

  /// Lets `body` add bytes to the buffer, a few hundred a call.
  @inline(__always)
  func append(_ body: (inout [UInt8]) -> Void) throws(ToolError) {
    body(&buffer)
    if buffer.count >= OutputFile.capacity { try flush() }
  }

  func flush() throws(ToolError) {
    try writeAll(try packer?.pack(buffer, isLast: false) ?? buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes what is left; the file is complete then.
  func finish() throws(ToolError) {
    try flush()
    if let packer { try writeAll(try packer.pack([], isLast: true)) }
    let isRegular = file.status?.isRegular == true
    isFinished = true
    let code = file.close()
    if code != 0 {
      if isRegular, file.descriptor > 2 { unlink(file.path) }
      throw .system("write", file.path, code)
    }
  }

  private func writeAll(_ bytes: [UInt8]) throws(ToolError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        System.writeBytes(file.descriptor, UnsafeRawBufferPointer(rebasing: $0[done...]))
      }
      let code = errno
      if count >= 0 {
        done += count
      } else if code == EPIPE {
        throw .closedPipe
      } else if code != EINTR {
        throw .system("write", file.path, code)
      } else if Interrupt.isRequested {
        throw .interrupted
      }
    }
  }
}
