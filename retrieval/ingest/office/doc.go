// Package office reads documents of Office Open XML (ISO/IEC 29500): Word,
// Excel and PowerPoint.
//
// The package reads Word and PowerPoint files itself, because it needs few parts
// of the formats. It leaves the cells of Excel files to excelize, after unpacking
// and checking the parts of the file.
package office
