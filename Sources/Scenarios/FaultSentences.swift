import CFxaot

extension fxaot_order_answer {
  /// Why an engine could not read a request.
  var sentence: String {
    switch fxaot_order_fault(fault) {
    case FXAOT_FAULT_ID: "there is no such order, or an order may not have this id"
    case FXAOT_FAULT_SYMBOL: "there is no such instrument"
    case FXAOT_FAULT_SIDE: "the side must be buy or sell"
    case FXAOT_FAULT_TYPE: "the order has no such type, or not together with its other fields"
    case FXAOT_FAULT_QUANTITY: "the quantity is not above 0, below what is filled, or more than there is to close"
    case FXAOT_FAULT_PRICE: "the price is missing, is not wanted here, or is no price"
    case FXAOT_FAULT_LIMIT: "the limit is missing, is not wanted here, or is no price"
    case FXAOT_FAULT_TRAIL: "trail, trail_step and trail_activation go with a stop, and must be above 0"
    case FXAOT_FAULT_TIME_IN_FORCE: "the order cannot have this tif"
    case FXAOT_FAULT_EXPIRES: "expires goes with gtd, and must be a later time"
    case FXAOT_FAULT_STOP_LOSS: "the stop-loss is no price, or has no place here"
    case FXAOT_FAULT_TAKE_PROFIT: "the take-profit is no price, or has no place here"
    case FXAOT_FAULT_AFTER: "the order that it comes after does not exist, or has ended"
    case FXAOT_FAULT_STATE: "the order has ended"
    case FXAOT_FAULT_TICKET: "there is no such ticket, or it is not of the other side"
    case FXAOT_FAULT_POSITION: "there is nothing to close"
    case FXAOT_FAULT_CASH: "no more than the free margin can be withdrawn"
    case FXAOT_FAULT_STRATEGY: "there is no such strategy"
    default: "the engine cannot read it (fault \(fault))"
    }
  }
}

extension fxaot_status {
  /// Why an engine did not take a line, in a few words.
  var sentence: String {
    switch self {
    case FXAOT_UNKNOWN_SYMBOL: "there is no such instrument"
    case FXAOT_BAD_PRICE: "a price is not above 0, or too large"
    case FXAOT_BAD_SIZE: "a size is no number"
    case FXAOT_BAD_TIME: "the time is out of range"
    case FXAOT_BAD_INSTRUMENT: "the instrument's terms are out of range"
    case FXAOT_BAD_CONFIG: "a value is out of range"
    case FXAOT_BUSY: "there is an order or a position already"
    case FXAOT_LIMIT: "a limit of the engine is reached"
    case FXAOT_OUT_OF_MEMORY: "there is no memory"
    default: "the engine refuses it (status \(rawValue))"
    }
  }
}
