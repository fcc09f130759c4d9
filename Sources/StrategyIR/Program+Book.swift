extension Program {
  /// Whether the script reads anything of its own book: position, equity, trades. O(program).
  public var readsBook: Bool {
    expressions.contains { expression in
      switch expression {
      case .book, .positionEntryName, .trade: true
      default: false
      }
    }
  }
}
