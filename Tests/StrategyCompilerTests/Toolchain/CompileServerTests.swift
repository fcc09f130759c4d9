import Artifacts
import Calendar
import Foundation
import StrategyLanguage
import StrategyVM
import Testing

@testable import StrategyCompiler

extension ChildProcessTests {
  struct CompileServerTests {
    private let cache: TemporaryFolder
    private let kernels: TemporaryFolder
    /// Open, whatever the tests are run with.
    private let input: FileHandle

    init() throws {
      cache = try TemporaryFolder()
      kernels = try Checkout.shipped()
      input = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/null"))
    }

    private func maker(_ changes: [String: String] = [:]) throws -> ArtifactMaker {
      let environment = ProcessInfo.processInfo.environment.merging(
        ["FXAOT_CACHE": cache.path, "FXAOT_KERNELS": kernels.path]
      ) { $1 }
      return try ArtifactMaker(
        environment: environment.merging(changes) { $1 }, tool: "/proc/self/exe")
    }

    private func plan(_ expression: String = "ta.sma(close, 3)") throws -> NativePlan {
      let text = "//@version=6\nindicator(\"x\")\nplot(\(expression), \"signal\")\n"
      let program = try #require(FrontEnd.compile(text).program)
      let minute = try #require(Period(1, .minute))
      return try ScriptRunner(program, environment: ScriptEnvironment(timeframe: minute)).plan
    }

    @Test func `code for arrays that cannot be compiled is left out with a warning`() throws {
      guard Checkout.toolchain != nil else { return }
      let maker = try maker()
      let broken = PrintedSections(
        array: PrintedSections.Array(function: "arrayOfNothing", source: "let x = nothing\n"))
      let made = try maker.make(try plan(), sections: broken, for: .thisMachine)
      #expect(made.warning?.hasPrefix("its array code is left out") == true)
      #expect(made.warning?.contains("cannot find 'nothing' in scope") == true)
      let plain = try maker.make(try plan(), for: .thisMachine)
      #expect(plain.manifest == made.manifest && plain.isCached && plain.warning == nil)
    }

    @Test func `a script that is too long is refused at once`() throws {
      let sum = (0..<6_000).map { "x := x * 0.99 + close * \($0 % 7 + 1) / 100\n" }.joined()
      let text = "//@version=6\nindicator(\"x\")\nx = close\n\(sum)plot(x, \"signal\")\n"
      let program = try #require(FrontEnd.compile(text).program)
      let minute = try #require(Period(1, .minute))
      let plan = try ScriptRunner(program, environment: ScriptEnvironment(timeframe: minute)).plan
      do {
        _ = try maker().make(plan, for: .thisMachine)
        Issue.record("it was compiled")
      } catch let error as CompilerError {
        guard case .tooLarge(let why) = error else { throw error }
        #expect(why.hasSuffix("at most 8000 are"))
        #expect(error.reason == "failed")
      }
    }

    private func fields(_ answer: [UInt8]) throws -> [String: Any] {
      let object = try JSONSerialization.jsonObject(with: Data(answer.dropFirst()))
      return try #require(object as? [String: Any])
    }

    @Test(.enabled(if: Checkout.toolchain != nil, "no Swift compiler is installed"))
    func `a plan is compiled once and then found`() throws {
      let server = CompileServer(try maker(), input: input.fileDescriptor)
      let plan = try plan()
      let question = [0x51] + plan.hash
      #expect(server.answer(to: question) == Array("N".utf8))
      let request = [0x43] + plan.encoded()
      let first = server.answer(to: request)
      #expect(first.first == 0x4F)
      let manifest = try #require(try fields(first)["manifest"] as? String)
      #expect(try fields(first)["cached"] as? Bool == false)
      #expect(try fields(first)["plan"] as? String == HexText.text(plan.hash))
      let second = server.answer(to: request)
      #expect(try fields(second)["cached"] as? Bool == true)
      #expect(try fields(second)["manifest"] as? String == manifest)
      #expect(try fields(server.answer(to: question))["manifest"] as? String == manifest)
      let folder = Disk.folder(of: manifest)
      let read = try Manifest(parsing: Disk.read(manifest, limit: 10_000))
      let code = try NativeCode(opening: folder + "/" + read.variants[0].file)
      #expect(code.plan == plan.hash)
    }

    @Test func `what is no request is answered`() throws {
      let server = CompileServer(try maker(), input: input.fileDescriptor)
      for (request, reason) in [
        ("", "failed"), ("X", "failed"), ("C", "bad_plan"), ("Cx", "bad_plan"),
      ] {
        let answer = server.answer(to: Array(request.utf8))
        #expect(answer.first == 0x45)
        #expect(try fields(answer)["reason"] as? String == reason)
        #expect(try (fields(answer)["message"] as? String)?.isEmpty == false)
      }
      #expect(server.answer(to: Array("Q".utf8)) == Array("N".utf8))
    }

    @Test func `a missing compiler is reported`() throws {
      let server = CompileServer(
        try maker(["FXAOT_SWIFT": "/no\"where"]), input: input.fileDescriptor)
      let answer = server.answer(to: [0x43] + (try plan().encoded()))
      #expect(try fields(answer)["reason"] as? String == "no_toolchain")
      #expect(try (fields(answer)["message"] as? String)?.contains("/no\"where") == true)
      #expect(server.answer(to: [0x51] + (try plan().hash)) == Array("N".utf8))
    }

    /// A node that goes takes the compiler with it.
    @Test func `a compiler ends with the input`() throws {
      let fake = try FakeToolchain(frontend: "exec sleep 1000")
      var ends: [Int32] = [0, 0]
      try #require(pipe(&ends) == 0)
      close(ends[1])
      defer { close(ends[0]) }
      let server = CompileServer(try maker(fake.environment), input: ends[0])
      let answer = server.answer(to: [0x43] + (try plan().encoded()))
      #expect(try fields(answer)["reason"] as? String == "cancelled")
      #expect(!cache.files().contains { $0.hasPrefix("work/") })
    }

    @Test func `frames are read and written until the input ends`() throws {
      let folder = try TemporaryFolder()
      let input = try folder.file("in")
      let frames: [UInt8] = [0, 0, 0, 1, 0x51, 0, 0, 0, 0, 0, 0, 0, 2, 0x51, 0]
      try Data(frames).write(to: URL(fileURLWithPath: input))
      #expect(try serve(input, folder) == nil)
      let output = try Disk.read(folder.path + "/out", limit: 1_000)
      #expect(output.starts(with: [0, 0, 0, 1, 0x4E, 0, 0, 0]))
      #expect(output.suffix(5) == [0, 0, 0, 1, 0x4E])
      for broken: [UInt8] in [[0, 0], [0, 0, 0, 2, 0x51], [0x7F, 0, 0, 0]] {
        try Data(broken).write(to: URL(fileURLWithPath: input))
        #expect(try serve(input, folder)?.reason == "failed")
      }
    }

    private func serve(_ input: String, _ folder: TemporaryFolder) throws -> CompilerError? {
      let output = try folder.file("out")
      let files = [open(input, O_RDONLY), open(output, O_WRONLY)]
      defer { for file in files { close(file) } }
      do {
        try CompileServer(try maker(), input: files[0], output: files[1]).run()
        return nil
      } catch let error as CompilerError {
        return error
      }
    }
  }
}
