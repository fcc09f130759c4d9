import StrategyIR

extension ObjectHeap {
  func matrix(_ function: ObjectFunction, _ a: Arguments) -> Double { fail(.argument(.nan)) }
}
