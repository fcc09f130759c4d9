import Artifacts
import Foundation
import StrategyCompiler
import StrategyIR
import Testing

@testable import fxaot

/// `fxaot compile`, `render` and the other commands that take templates.
@Suite(.serialized) struct CompileCommandTests {
  private let scratch: Scratch
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  private static let hasCompiler =
    (try? Toolchain.find(environment: ProcessInfo.processInfo.environment)) != nil

  init() throws {
    scratch = try Scratch()
    try scratch.folder("kernels")
    for (name, place) in [("Indicators", "/Sources/Indicators"), ("include", "/c_src/include")] {
      try FileManager.default.createSymbolicLink(
        atPath: scratch.path + "/kernels/" + name, withDestinationPath: Self.root + place)
    }
    setenv("FXAOT_KERNELS", scratch.path + "/kernels", 1)
    setenv("FXAOT_CACHE", scratch.path + "/cache", 1)
  }

  /// Runs a command that succeeds or answers its sentence of refusal.
  @discardableResult
  private func fxaot(_ arguments: String...) throws -> String? {
    try scratch.fxaot(arguments)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/" + folder).sorted()
  }

  private static let script = """
    //@version=6
    strategy("S")
    length = input.int(3, "Length")
    plot(ta.sma(close, length), "signal")

    """

  @Test(.enabled(if: hasCompiler, "no Swift compiler is installed"))
  func `a folder becomes artifacts for a release`() throws {
    try scratch.folder("scripts")
    _ = try scratch.file("scripts/one.pine", Self.script)
    _ = try scratch.file("scripts/two.pine.stencil", Self.script + "plot({{ n|default:2 }})\n")
    _ = try scratch.file("scripts/notes.txt", "no script")
    let (scripts, out) = (scratch.path + "/scripts", scratch.path + "/out")
    #expect(try fxaot("compile", scripts, "-o", out, "--cpu", "native", "--no-arrays") == nil)
    let files = try names("out")
    #expect(files.count { $0.hasSuffix(".manifest") } == 2)
    #expect(files.count { $0.hasSuffix(".so") } == 2)
    #expect(files.filter { $0.hasSuffix(".fxir") } == ["one.fxir", "two.fxir"])
    let program = try Data(contentsOf: URL(fileURLWithPath: out + "/one.fxir"))
    #expect(try #require(Program(encoded: Array(program))).settings.title == "S")
    let manifest = try #require(files.first { $0.hasSuffix(".manifest") })
    let read = try Manifest(
      parsing: Array(try Data(contentsOf: URL(fileURLWithPath: out + "/" + manifest))))
    #expect(manifest == Manifest.fileName(plan: read.plan))
    #expect(read.best?.cpu == .thisMachine)
    // Again, for other processors: the old variants go, the programs stay.
    let other = try #require(CPULevel.supported.last).name
    #expect(try fxaot("compile", scripts, "-o", out, "--cpu", other, "--no-arrays") == nil)
    let libraries = try names("out").filter { $0.hasSuffix(".so") }
    #expect(libraries.count == 2 && libraries.allSatisfy { $0.hasSuffix(".\(other).so") })
    #expect(try fxaot("cache", "list") == nil)
    #expect(try fxaot("cache", "clear") == nil)
    #expect(try names("cache").isEmpty)
  }

  @Test(.enabled(if: hasCompiler, "no Swift compiler is installed"))
  func `one bad script does not keep the others`() throws {
    let good = try scratch.file("good.pine", Self.script)
    let bad = try scratch.file("bad.pine", "//@version=6\nindicator(\"x\")\nplot(nothing)\n")
    let out = scratch.path + "/out"
    #expect(
      try fxaot("compile", bad, good, "-o", out, "--cpu", "native", "--no-arrays")
        == "1 of 2 scripts were not compiled: bad.pine")
    #expect(try names("out").contains("good.fxir"))
    #expect(try !names("out").contains("bad.fxir"))
  }

  @Test func `what does not go together is refused`() throws {
    let script = try scratch.file("a.pine", Self.script)
    try scratch.folder("empty")
    try scratch.folder("b")
    let same = try scratch.file("b/a.pine", Self.script)
    #expect(
      try fxaot("compile", script, "--cpu", "z80")
        == "'z80' is not a processor; use native, x86-64-v2, x86-64-v3, x86-64-v4 or aarch64")
    #expect(
      try fxaot("compile", script, same, "-o", scratch.path + "/out")
        == "a.pine and b/a.pine would both become a.fxir")
    #expect(try fxaot("compile", scratch.path + "/empty") == "empty contains no script")
    #expect(
      try fxaot("compile", script, "--set", "a=1")
        == "--set works only with templates; their names end in .stencil")
    #expect(try fxaot("compile", script, "--timeframe", "x")?.contains("not a timeframe") == true)
  }

  @Test func `a missing compiler is one sentence`() throws {
    let script = try scratch.file("a.pine", Self.script)
    let old = ProcessInfo.processInfo.environment["FXAOT_SWIFT"]
    setenv("FXAOT_SWIFT", "/nowhere", 1)
    defer { if let old { setenv("FXAOT_SWIFT", old, 1) } else { unsetenv("FXAOT_SWIFT") } }
    #expect(
      try fxaot("compile", script, script)?.hasPrefix("FXAOT_SWIFT is '/nowhere'") == true)
  }

  @Test func `a template is rendered checked and run`() throws {
    let template = try scratch.file(
      "t.pine.stencil", "//@version=6\nstrategy(\"{{ title|default:\"T\" }}\")\nplot({{ what }})\n")
    let out = scratch.path + "/t.pine"
    #expect(try fxaot("render", template, "--set", "what=close", "-o", out) == nil)
    #expect(try scratch.text("t.pine") == "//@version=6\nstrategy(\"T\")\nplot(close)\n")
    #expect(
      try fxaot("render", template)
        == "t.pine.stencil:3: what has no value; give one with --set what=…")
    #expect(
      try fxaot("render", template, "--set", "what=close", "--set", "titel=x")
        == "t.pine.stencil: the template has no value 'titel'; did you mean title?")
    #expect(try fxaot("render", template, "--set", "what=nothing") == "t.pine.stencil has 1 error")
    #expect(try fxaot("render", template, "--set", "what=nothing", "--no-check", "-o", out) == nil)
    #expect(try fxaot("check", template, "--set", "what=close") == nil)
    #expect(try fxaot("check", out) == "t.pine cannot be compiled")
    #expect(try fxaot("check", out, "--set", "what=close")?.hasPrefix("--set works only") == true)
    #expect(try fxaot("render", out)?.hasPrefix("t.pine is not a template") == true)
    let bars = try scratch.file(
      "bars.csv", "timestamp,open,high,low,close\n1743379200000,1,1,1,1\n1743380100000,1,2,1,2\n")
    let plots = scratch.path + "/plots.csv"
    #expect(
      try fxaot("run", template, "--set", "what=close", "--bars", bars, "--plots", plots) == nil)
    #expect(try scratch.text("plots.csv").split(separator: "\n").last?.hasSuffix(",2.0") == true)
  }

  @Test func `an error tells its place in the template too`() throws {
    let template = try scratch.file(
      "t.pine.stencil",
      "{# a comment #}\n//@version=6\nindicator(\"T\")\n{% if true %}\nplot({{ what }})\n{% endif %}\n"
    )
    let source = try ScriptSource(template, settings: ["what=clsoe"])
    let error = try #require(source.compilation.errors.first)
    #expect(source.templateLine(of: error) == 5)
    let report = source.report()
    #expect(report.contains("t.pine (rendered):3:6: error"))
    #expect(report.contains("from the template: \(template):5: plot({{ what }})"))
  }
}
