import Artifacts

extension NativeCompiler {
  /// The folder of the kernels' module for a processor, made when it is not there yet. Safe with
  /// several processes: each makes its own, the first one's is kept.
  func kernelModule(for cpu: CPULevel) throws(CompilerError) -> String {
    let place = folders.modules + "/" + HexText.text(moduleKey(cpu))
    let module = place + "/Indicators.swiftmodule"
    if Disk.status(module) != nil {
      Disk.touch(place)
      return place
    }
    try folders.make()
    let scratch = try ScratchFolder(in: folders.work)
    let fresh = scratch.file("module")
    try Disk.makeFolder(fresh + "/include")
    for name in Disk.names(in: kernels.headers) {
      let bytes = try Disk.read(kernels.headers + "/" + name, limit: 1 << 20)
      try Disk.write(bytes, to: fresh + "/include/" + name)
    }
    try run(
      toolchain.frontend,
      ["-frontend", "-emit-module"] + kernels.sources + NativeCompiler.flags
        + [
          "-target", toolchain.target, "-Xcc", "-march=" + (try NativeCompiler.march(cpu)),
          "-wmo", "-I", fresh + "/include", "-module-cache-path", scratch.file("clang"),
          "-module-name", "Indicators",
          "-o", fresh + "/Indicators.swiftmodule",
        ],
      doing: "compile the kernels", in: scratch.path)
    if System.move(fresh, place) != 0, Disk.status(module) == nil {
      throw .system("write", place, errno)
    }
    try warm(place, cpu, scratch)
    return place
  }

  /// Compiles next to nothing, so that the header's module, which is bound to the place where it
  /// lies, is there for the first strategy.
  private func warm(
    _ module: String, _ cpu: CPULevel, _ scratch: ScratchFolder
  ) throws(CompilerError) {
    let text = "import CFxaot\nimport Indicators\n"
    try Disk.write(Array(text.utf8), to: scratch.file("warm.swift"))
    try compile("warm", module, cpu, in: scratch)
  }

  private func moduleKey(_ cpu: CPULevel) -> [UInt8] {
    let parts = [HexText.text(kernels.hash), toolchain.identity, cpu.name]
    return SHA256.hash((parts + NativeCompiler.flags).joined(separator: "\n").utf8)
  }
}
