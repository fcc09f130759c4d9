import StrategyIR

extension ObjectHeap {
  func map(_ function: ObjectFunction, _ a: Arguments) -> Double { fail(.argument(.nan)) }
}
