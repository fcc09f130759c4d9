import CFxaot

/// From a manifest to code that may run:
///
///     folder, manifest, variant   nobody but the user and root can write to them
///     bytes of the variant        as long as the manifest says, with the hash that it says
///     those bytes                 all that the dynamic loader will map lies within them
///                                 ▶ a file in a private folder ▶ dlopen ▶ the file is removed
///     the table                   speaks this fxaot.h, and is of the manifest's plan
extension NativeCode {
  /// A library is some 20 KB; even one of 100 worlds, the maximum, is smaller than this.
  static let longestLibrary = 64 << 20

  /// The version of fxaot.h that code must have been compiled with: this build's own.
  public static var abi: UInt32 { UInt32(FXAOT_ABI_VERSION) }

  /// Loads the variant for this processor. Reads and writes files.
  public static func load(manifest path: String) throws(ArtifactError) -> NativeCode {
    let (parent, name) = split(path)
    let folder = try TrustedFolder(parent)
    let manifest = try Manifest(
      parsing: try folder.contents(of: name, most: Manifest.longestBytes))
    guard manifest.abi == abi else {
      throw .unloadable("it was made for version \(manifest.abi) of fxaot.h, not \(abi)")
    }
    guard let variant = manifest.best else {
      throw .otherProcessors(manifest.variants.map(\.cpu.name))
    }
    let bytes = try library(variant, in: folder, parent)
    let code = try open(
      bytes, Origin(path: path, cpu: variant.cpu.name, compiler: manifest.compiler))
    guard code.plan == manifest.plan else {
      throw .notAsTold(parent + "/" + variant.file, "it was made from another script or other settings")
    }
    return code
  }

  /// Opens the bytes of a library by way of a private file.
  static func open(_ bytes: [UInt8], _ origin: Origin) throws(ArtifactError) -> NativeCode {
    #if os(Linux)
      if let fault = LibraryLayout.fault(in: bytes) { throw .unloadable(fault) }
    #endif
    let copy = try PrivateCopy(bytes)
    defer { withExtendedLifetime(copy) {} }
    return try NativeCode(opening: copy.path, origin)
  }

  private static func library(
    _ variant: Manifest.Variant, in folder: TrustedFolder, _ parent: String
  ) throws(ArtifactError) -> [UInt8] {
    let path = parent + "/" + variant.file
    let bytes = try folder.contents(of: variant.file, most: longestLibrary)
    guard bytes.count == variant.byteCount else {
      throw .notAsTold(path, "it has \(bytes.count) bytes, not \(variant.byteCount)")
    }
    guard SHA256.hash(bytes) == variant.hash else { throw .notAsTold(path, "its hash differs") }
    return bytes
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.utf8.index(after: slash)...]))
  }
}
