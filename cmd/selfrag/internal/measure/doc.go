// Package measure runs the commands eval, ab, tune and calibrate. It asks one
// or several arms the questions of a data set, stores the outcomes in a file so
// that a stopped run can continue, and reports their scores. Package eval
// defines the measures.
package measure
