/// The calls that methods of the same names would hide.
public enum System {
  public static func openFile(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 {
    open(path, flags | O_CLOEXEC, mode)
  }

  public static func closeFile(_ file: Int32) -> Int32 { close(file) }

  public static func readBytes(_ file: Int32, _ into: UnsafeMutableRawBufferPointer) -> Int {
    read(file, into.baseAddress, into.count)
  }

  public static func writeBytes(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
  }

  public static func move(_ from: String, _ to: String) -> Int32 { rename(from, to) }

  public static func describe(_ code: Int32) -> String { String(cString: strerror(code)) }

  public static func end(_ status: Int32) -> Never { exit(status) }
}
