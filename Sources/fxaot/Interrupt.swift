import Synchronization

/// Ctrl-C, asked for between batches so that files are closed or removed properly.
enum Interrupt {
  private static let requested = Atomic<Bool>(false)

  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// SIGINT and SIGTERM set the flag; writing to a closed pipe becomes an error of that write.
  static func install() {
    // The first access makes the flag: here, not inside a signal handler.
    requested.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        Interrupt.requested.store(true, ordering: .relaxed)
      }
      sigaction(number, &action, nil)
    }
    signal(SIGPIPE, SIG_IGN)
  }

  static func check() throws(ToolError) {
    if isRequested { throw .interrupted }
  }
}
