package main

import "selfrag/fault"

// The exit codes under the names of the tests.
var (
	exitDone        = fault.None.Exit()
	exitFailed      = fault.Internal.Exit()
	exitUsage       = fault.Invalid.Exit()
	exitUnreachable = fault.Unavailable.Exit()
	exitAbstained   = fault.Abstained.Exit()
	exitInterrupted = fault.Canceled.Exit()
)
