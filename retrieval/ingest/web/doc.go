// Package web reads what is made of pages: HTML, XHTML, and EPUB, a book of such
// pages.
package web
