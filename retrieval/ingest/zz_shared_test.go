package ingest
import ("testing";"os";"path/filepath";"fmt")
func TestZZ(t *testing.T){
 fs,_:=filepath.Glob("/work/shared/data/documents/*/*")
 for _,f:=range fs{
  if loaderFor(f)==nil||filepath.Ext(f)==".pdf"{continue}
  raw,_:=os.ReadFile(f)
  for _,l:=range loadAll(t,filepath.Base(f),string(raw),64<<20){
   s:=l.doc.Text; if len(s)>600{s=s[:600]+"..."}
   fmt.Printf("== %s err=%v title=%q meta=%v warn=%q\n%s\n",l.doc.Source,l.err,l.doc.Title,l.doc.Metadata,l.content.warnings,s)
   cfg,_:=Config{}.withDefaults(); l.layOut(cfg)
   ps:=passages(l.doc,l.content,cfg)
   for _,p:=range ps{ if len(ps)<6{fmt.Printf("   [%d:%d] %v\n",p.Start,p.End,p.Metadata)}}
   fmt.Println("  passages",len(ps))
  }
 }
}
