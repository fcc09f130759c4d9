extension Program {
  /// The same program with one effect: the plot of this title, and that one as a variable which
  /// has its value when a bar is over. Orders, risk rules and other plots are only evaluated.
  ///
  /// - Returns: nil unless exactly one statement plots it, on every bar.
  public func signalOnly(_ title: String) -> (program: Program, result: VariableRef)? {
    var made = self
    let result = VariableRef(Int32(variables.count))
    made.variables.append(Variable(name: "", type: .float))
    var found = 0
    for block in blocks.indices {
      var statements: [Statement] = []
      var numbers: [Int32] = []
      for (i, statement) in blocks[block].enumerated() {
        let written: [Statement]
        switch statement {
        case .plot(let number, let e):
          let isSignal = plots[Int(number)].title == title
          if isSignal { found += block == body.index ? 1 : 2 }
          written = [isSignal ? .declare(result, e) : .evaluate(e)]
        case .order, .risk: written = expressions(of: statement).map { .evaluate($0) }
        default: written = [statement]
        }
        statements += written
        numbers += Array(repeating: lines[block][i], count: written.count)
      }
      made.blocks[block] = statements
      made.lines[block] = numbers
    }
    return found == 1 ? (made, result) : nil
  }
}
