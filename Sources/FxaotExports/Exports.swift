import FXCore
