internal import CKernels

// One step of an optimizer in place, on a parameter and the moments kept beside it; CKernels.h says
// what each does.

extension Buffer {
  /// Runs `body` on runs of elements, several at a time.
  private func stepped(_ others: [Buffer], _ body: (_ start: Int, _ length: Int) -> Void) {
    for other in others {
      precondition(
        other.count == count, "a step of \(count) values with \(other.count) of something else")
      other.willChange()
    }
    willChange()
    parallelRuns(count, body)
  }

  /// One step of Adam, with decoupled decay.
  public func adamStep(
    first: Buffer, second: Buffer, gradient: Buffer, rate: Float, betas: (Float, Float),
    epsilon: Float, corrections: (Float, Float), decay: Float
  ) {
    stepped([first, second, gradient]) { start, length in
      ck_adam(
        pointer + start, first.pointer + start, second.pointer + start, gradient.pointer + start,
        rate, betas.0, betas.1, epsilon, corrections.0, corrections.1, decay, length)
    }
  }

  /// One step of RAdam, with decoupled decay.
  public func radamStep(
    first: Buffer, second: Buffer, gradient: Buffer, rate: Float, betas: (Float, Float),
    epsilon: Float, scale: Float, isRectified: Bool, decay: Float
  ) {
    stepped([first, second, gradient]) { start, length in
      ck_radam(
        pointer + start, first.pointer + start, second.pointer + start, gradient.pointer + start,
        rate, betas.0, betas.1, epsilon, scale, isRectified ? 1 : 0, decay, length)
    }
  }

  /// One step of AdaBelief, with decoupled decay.
  public func adaBeliefStep(
    first: Buffer, second: Buffer, gradient: Buffer, rate: Float, betas: (Float, Float),
    epsilon: Float, corrections: (Float, Float), decay: Float
  ) {
    stepped([first, second, gradient]) { start, length in
      ck_adabelief(
        pointer + start, first.pointer + start, second.pointer + start, gradient.pointer + start,
        rate, betas.0, betas.1, epsilon, corrections.0, corrections.1, decay, length)
    }
  }

  /// One step of Lion, with decoupled decay.
  public func lionStep(
    first: Buffer, gradient: Buffer, rate: Float, betas: (Float, Float), decay: Float
  ) {
    stepped([first, gradient]) { start, length in
      ck_lion(
        pointer + start, first.pointer + start, gradient.pointer + start, rate, betas.0, betas.1,
        decay, length)
    }
  }

  /// One step of gradient descent with momentum.
  public func descentStep(
    velocity: Buffer, gradient: Buffer, rate: Float, momentum: Float, looksAhead: Bool,
    decay: Float
  ) {
    stepped([velocity, gradient]) { start, length in
      ck_sgd(
        pointer + start, velocity.pointer + start, gradient.pointer + start, rate, momentum,
        looksAhead ? 1 : 0, decay, length)
    }
  }

  /// One step of RMSprop with momentum.
  public func rmsPropStep(
    square: Buffer, velocity: Buffer, gradient: Buffer, rate: Float, smoothing: Float,
    epsilon: Float, momentum: Float, decay: Float
  ) {
    stepped([square, velocity, gradient]) { start, length in
      ck_rmsprop(
        pointer + start, square.pointer + start, velocity.pointer + start,
        gradient.pointer + start, rate, smoothing, epsilon, momentum, decay, length)
    }
  }
}
