import StrategyIR

extension ObjectHeap {
  func statistics(_ function: ObjectFunction, _ a: Arguments) -> Double { fail(.argument(.nan)) }
}
