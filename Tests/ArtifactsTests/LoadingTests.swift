import Foundation
import Testing

@testable import Artifacts

/// From a manifest to code, and all that must stop on the way. Libraries are made with the system's
/// C compiler, which the NIF needs too.
@Suite(.serialized) struct LoadingTests {
  private func why(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return (error as? ArtifactError)?.sentence ?? "\(error)"
    }
  }

  private func refusal(_ artifact: TestArtifact) -> String {
    why { _ = try NativeCode.load(manifest: artifact.manifestPath) }
  }

  @Test func `what the manifest tells of is loaded`() throws {
    let artifact = try TestArtifact()
    let code = try NativeCode.load(manifest: artifact.manifestPath)
    #expect(code.plan == artifact.manifest.plan)
    #expect(code.table.pointee.world_count == 1)
    #expect(code.origin.path == artifact.manifestPath)
    #expect(code.origin.cpu == CPULevel.thisMachine.name)
    #expect(code.origin.compiler == "cc")
  }

  @Test func `a path without a folder is in the working directory`() {
    #expect(why { _ = try NativeCode.load(manifest: "no-such.manifest") }.contains("cannot be read"))
  }

  @Test func `a long path does not cut the reason`() {
    for folder in ["f", "ä", "𝄞"] {
      let path = String(repeating: folder, count: 300) + "/no-such.manifest"
      let sentence = why { _ = try NativeCode.load(manifest: path) }
      #expect(sentence.hasPrefix("…") && sentence.utf8.count < 255)
      #expect(sentence.contains("\(folder) cannot be read: "))
      #expect(!sentence.contains("\u{FFFD}"))
    }
  }

  @Test func `a changed library is refused`() throws {
    let artifact = try TestArtifact()
    try artifact.changeLibrary { $0[$0.count - 1] ^= 1 }
    #expect(refusal(artifact).hasSuffix("its hash differs"))
    try artifact.changeLibrary { $0.removeLast() }
    #expect(refusal(artifact).contains("bytes, not"))
  }

  #if os(Linux)
    /// The system's loader would end the process when it touches what is mapped beyond the end.
    @Test(arguments: [63, 64, 500, 4_096, 9_000])
    func `a library that was cut before it was hashed is refused`(length: Int) throws {
      let artifact = try TestArtifact()
      let whole = Array(try Data(contentsOf: URL(fileURLWithPath: artifact.libraryPath)))
      let cut = try TestArtifact(library: Array(whole.prefix(length)))
      #expect(refusal(cut).hasPrefix("the artifact cannot be loaded: it"))
    }
  #endif

  @Test func `what others could have changed is refused`() throws {
    let artifact = try TestArtifact()
    for path in [artifact.manifestPath, artifact.libraryPath, artifact.folder] {
      for mode in [0o720, 0o702] {
        try artifact.set(mode: mode, path)
        #expect(refusal(artifact) == "\(path) cannot be trusted: other users may write to it")
      }
      try artifact.set(mode: 0o700, path)
    }
    #expect(refusal(artifact) == "")
  }

  @Test func `links pipes and folders are refused at once`() throws {
    let artifact = try TestArtifact()
    let other = artifact.folder + "/other.so"
    try FileManager.default.moveItem(atPath: artifact.libraryPath, toPath: other)
    try FileManager.default.createSymbolicLink(
      atPath: artifact.libraryPath, withDestinationPath: other)
    #expect(refusal(artifact).hasSuffix("it is a link"))
    try FileManager.default.removeItem(atPath: artifact.libraryPath)
    #expect(mkfifo(artifact.libraryPath, 0o600) == 0)
    #expect(refusal(artifact).hasSuffix("it is not a regular file"))
    try FileManager.default.removeItem(atPath: artifact.libraryPath)
    try FileManager.default.createDirectory(
      atPath: artifact.libraryPath, withIntermediateDirectories: false)
    #expect(refusal(artifact).contains("it is not a regular file"))
    #expect(
      why { _ = try NativeCode.load(manifest: artifact.folder + "/none.manifest") }
        .hasSuffix("No such file or directory"))
  }

  @Test func `another plan version or processor is refused`() throws {
    let artifact = try TestArtifact()
    var manifest = artifact.manifest
    manifest.plan = SHA256.hash("another".utf8)
    try artifact.write(manifest)
    #expect(refusal(artifact).hasSuffix("it was made from another script or other settings"))
    manifest = artifact.manifest
    manifest.abi += 1
    try artifact.write(manifest)
    #expect(refusal(artifact).contains("it was made for version"))
    manifest = artifact.manifest
    manifest.variants[0].cpu = .native(0)
    try artifact.write(manifest)
    #expect(refusal(artifact) == "the artifact is for other processors: native-00000000")
    try Data("no manifest".utf8).write(to: URL(fileURLWithPath: artifact.manifestPath))
    try artifact.set(mode: 0o600, artifact.manifestPath)
    #expect(refusal(artifact).hasPrefix("the artifact's manifest is damaged"))
  }

  @Test func `a file that is no library or exports nothing is refused`() throws {
    let text = try TestArtifact(library: Array("not a library".utf8))
    #expect(refusal(text).hasPrefix("the artifact cannot be loaded"))
    let empty = try TestArtifact(source: "int nothing;")
    #expect(refusal(empty).hasSuffix("it does not export fxaot_native_open"))
  }

  /// In a process of its own: in this one the memory of other tests comes and goes.
  @Test func `ten thousand loads leave nothing behind`() async {
    await #expect(processExitsWith: .success) {
      let artifact = try TestArtifact()
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: artifact.libraryPath)))
      let origin = NativeCode.Origin(path: "")
      for _ in 0..<500 { _ = try NativeCode.open(bytes, origin) }
      let before = try Footprint()
      // Most of them without the hash, which takes its time where code is not optimised.
      for _ in 0..<9_900 { _ = try NativeCode.open(bytes, origin) }
      for _ in 0..<100 { _ = try NativeCode.load(manifest: artifact.manifestPath) }
      let after = try Footprint()
      let isFlat =
        after.mappings - before.mappings < 10 && after.kilobytes - before.kilobytes < 5_000
        && !after.hasCopies
      exit(isFlat ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test func `whoever uses it keeps it`() throws {
    let artifact = try TestArtifact()
    var first: NativeCode? = try NativeCode.load(manifest: artifact.manifestPath)
    let second = try NativeCode.load(manifest: artifact.manifestPath)
    #expect(first?.table.pointee.step != nil)
    first = nil
    let step = try #require(second.table.pointee.step(0))
    #expect(step(nil, nil, nil) == 42)
  }
}

/// What of this process a leak would make larger.
private struct Footprint {
  var kilobytes = 0
  var mappings = 0
  /// Whether a private copy of a library is mapped.
  var hasCopies = false

  init() throws {
    let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
    mappings = maps.split(separator: "\n").count
    hasCopies = maps.contains("/fxaot-")
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    kilobytes = try #require(number.flatMap { Int($0) })
  }
}
