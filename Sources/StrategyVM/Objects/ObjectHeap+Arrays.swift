import StrategyIR

extension ObjectHeap {
  func array(_ function: ObjectFunction, _ a: Arguments) -> Double { fail(.argument(.nan)) }
}
