// Exported so that every file of this module sees it by this one import.
@_exported import Libc
