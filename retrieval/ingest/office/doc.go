// Package office reads documents of Office Open XML (ISO/IEC 29500): Word,
// Excel and PowerPoint.
//
// The readers of Word and PowerPoint are our own, because few parts of the
// formats are needed. The cells of Excel files are read by excelize, once their
// parts were unpacked and checked here.
package office
