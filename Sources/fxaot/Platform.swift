// The system's functions and the small half of Foundation, which brings no 30 MB of locales with
// it. Exported so that every file of the tool sees them by this one import.
@_exported import Libc

#if canImport(FoundationEssentials)
  @_exported import FoundationEssentials
#else
  @_exported import Foundation
#endif
