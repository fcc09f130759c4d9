/// One run of a program that asks nothing and ends by itself, in the caller's process group.
struct ChildProcess {
  enum End: Equatable {
    case exited(Int32)
    case killed(Int32)
    case timedOut
    case cancelled
  }

  struct Outcome {
    var end: End
    /// What it wrote to standard output and standard error, up to `outputLimit` bytes.
    var output: String
  }

  static let outputLimit = 1 << 16

  let program: String
  let arguments: [String]
  /// Where it runs; nil is where the caller does.
  var folder: String?
  /// Of the wall clock; a program that takes longer is killed.
  var seconds = 60.0
  /// In place of those of the caller's environment.
  var variables: [String: String] = [:]
  /// Asked for a few times a second; true has the program killed.
  var isCancelled: () -> Bool = { false }

  func run() throws(CompilerError) -> Outcome {
    // Where a parent has left it ignored, nobody hears of a child's end.
    signal(SIGCHLD, SIG_DFL)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system("start", program, errno) }
    defer { _ = System.closeFile(ends[0]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child: pid_t
    do {
      child = try spawn(output: ends[1])
      _ = System.closeFile(ends[1])
    } catch {
      _ = System.closeFile(ends[1])
      throw error
    }
    return follow(child, ends[0])
  }

  private func spawn(output: Int32) throws(CompilerError) -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    var child: pid_t = 0
    let line = commandLine
    let code = ChildProcess.withCStrings(line) { arguments in
      ChildProcess.withCStrings(environment) { environment in
        posix_spawn(&child, line[0], &actions, nil, arguments, environment)
      }
    }
    guard code == 0 else { throw .failed("cannot start \(program): \(System.describe(code))") }
    return child
  }

  /// By a shell where a folder is given, since not every system's posix_spawn can change it. The
  /// limit on processor time ends a child that outlives a killed caller.
  private var commandLine: [String] {
    guard let folder else { return [program] + arguments }
    let most = String(Int(min(seconds.rounded(.up), 1e6)) * 4)
    return [
      "/bin/sh", "-c", #"cd "$1" && ulimit -t "$2"; shift 2; exec "$@""#, "fxaot", folder, most,
      program,
    ] + arguments
  }

  /// Reads its output until it ends or must be killed.
  private func follow(_ child: pid_t, _ pipe: Int32) -> Outcome {
    let limit = ContinuousClock.now + .seconds(seconds)
    var output: [UInt8] = []
    var isOpen = true
    while true {
      if isOpen {
        isOpen = ChildProcess.read(pipe, &output, wait: 50)
      } else {
        usleep(1_000)
      }
      var status: Int32 = 0
      if waitpid(child, &status, WNOHANG) == child {
        while isOpen, ChildProcess.isReadable(pipe, wait: 0) {
          isOpen = ChildProcess.read(pipe, &output, wait: 0)
        }
        return Outcome(end: ChildProcess.end(status), output: ChildProcess.text(output))
      }
      let isLate = ContinuousClock.now > limit
      if isLate || isCancelled() {
        kill(child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let end = isLate ? End.timedOut : .cancelled
        return Outcome(end: end, output: ChildProcess.text(output))
      }
    }
  }

  private static func isReadable(_ pipe: Int32, wait: Int32) -> Bool {
    var request = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, wait) > 0
  }

  /// False at the end. Waits up to `wait` milliseconds.
  private static func read(_ pipe: Int32, _ output: inout [UInt8], wait: Int32) -> Bool {
    guard isReadable(pipe, wait: wait) else { return true }
    var part = [UInt8](repeating: 0, count: 8_192)
    let count = part.withUnsafeMutableBytes { System.readBytes(pipe, $0) }
    if count < 0 { return errno == EINTR }
    output += part[..<min(count, outputLimit - output.count)]
    return count > 0
  }

  private static func end(_ status: Int32) -> End {
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private var environment: [String] {
    var result: [String] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      let name = text.prefix { $0 != "=" }
      if variables[String(name)] == nil { result.append(text) }
      next += 1
    }
    return result + variables.map { "\($0.key)=\($0.value)" }
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
