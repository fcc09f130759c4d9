import CFxaot
import Libc

/// A loaded artifact. Whoever may still call its functions keeps it; the last one to let go of it
/// unloads it.
public final class NativeCode: @unchecked Sendable {
  private let library: UnsafeMutableRawPointer
  /// Its exported table; valid as long as this object lives.
  public let table: UnsafePointer<fxaot_native>
  public let origin: Origin

  /// Where it comes from.
  public struct Origin: Equatable, Sendable {
    /// Of its manifest, or of the library if that was opened directly.
    public var path: String
    /// The processors that it is for, and the compiler, as the manifest has them; else empty.
    public var cpu = ""
    public var compiler = ""
  }

  /// Opens a shared library directly, without checks of its origin.
  public convenience init(opening path: String) throws(ArtifactError) {
    try self.init(opening: path, Origin(path: path))
  }

  init(opening path: String, _ origin: Origin) throws(ArtifactError) {
    guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .unloadable(dlerror().map { String(cString: $0) } ?? path)
    }
    guard let symbol = dlsym(library, FXAOT_NATIVE_OPEN) else {
      dlclose(library)
      throw .unloadable("it does not export \(FXAOT_NATIVE_OPEN)")
    }
    let open = unsafeBitCast(symbol, to: OpenFunction.self)
    let table = UnsafeMutablePointer<fxaot_native>.allocate(capacity: 1)
    table.initialize(to: fxaot_native())
    guard open(table) == 0, table.pointee.abi_version == Self.abi else {
      let version = table.pointee.abi_version
      table.deallocate()
      dlclose(library)
      throw .unloadable("it was made for version \(version) of fxaot.h, not \(Self.abi)")
    }
    self.library = library
    self.table = UnsafePointer(table)
    self.origin = origin
  }

  private typealias OpenFunction =
    @convention(c) (UnsafeMutablePointer<fxaot_native>?) -> Int32

  deinit {
    table.deallocate()
    dlclose(library)
  }

  /// The hash of the plan that it was made from.
  public var plan: [UInt8] { withUnsafeBytes(of: table.pointee.plan) { Array($0) } }
}
