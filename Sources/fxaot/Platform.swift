// The system's functions and the small half of Foundation, which brings no 30 MB of locales with
// it. Exported so that every file of the tool sees them by this one import.
#if canImport(FoundationEssentials)
  @_exported import FoundationEssentials
#else
  @_exported import Foundation
#endif
#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#elseif canImport(Darwin)
  @_exported import Darwin
#endif

/// The calls that methods of the same names would hide.
enum System {
  static func readBytes(_ file: Int32, _ into: UnsafeMutableRawBufferPointer) -> Int {
    read(file, into.baseAddress, into.count)
  }

  static func writeBytes(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
  }

  static func end(_ status: Int32) -> Never { exit(status) }

  static func closeFile(_ file: Int32) -> Int32 { close(file) }
}
