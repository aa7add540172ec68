// Package fault makes storage fail at a chosen operation, and runs flows
// through every failure there is.
//
//	plan := &fault.Plan{}
//	store := fault.DB(memory.New(), plan)
//	plan.Fail(3, fault.Lost) // the third operation from now on
//
// [Run] does this for whole flows: for every operation of a flow and every
// [Kind] it makes the operation fail, and looks at what the caller was told and
// what was left behind.
package fault
