#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#else
  @_exported import Darwin
#endif

/// The calls that methods of the same names would hide.
enum System {
  static func openFile(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 {
    open(path, flags | O_CLOEXEC, mode)
  }
  static func closeFile(_ file: Int32) -> Int32 { close(file) }
  static func readBytes(_ file: Int32, _ into: UnsafeMutableRawBufferPointer) -> Int {
    read(file, into.baseAddress, into.count)
  }
  static func writeBytes(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
  }
  static func move(_ from: String, _ to: String) -> Int32 { rename(from, to) }
  static func describe(_ code: Int32) -> String { String(cString: strerror(code)) }
}
