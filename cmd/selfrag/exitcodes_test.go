package main

import "selfrag/fault"

// The exit codes as the tests name them.
var (
	exitDone        = fault.None.Exit()
	exitFailed      = fault.Internal.Exit()
	exitUsage       = fault.Invalid.Exit()
	exitUnreachable = fault.Unavailable.Exit()
	exitAbstained   = fault.Abstained.Exit()
	exitInterrupted = fault.Canceled.Exit()
)
