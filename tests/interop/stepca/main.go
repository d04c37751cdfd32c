// The SCEP server of step-ca, for stepca.bats: Debian has its packages, but
// not its command.  The argument is the configuration, ca.json.  For its https
// the server makes a key, and a certificate that its own CA issues.
package main

import (
	"log"
	"os"

	"github.com/smallstep/certificates/authority/config"
	"github.com/smallstep/certificates/ca"
	_ "github.com/smallstep/certificates/cas/softcas"
	_ "github.com/smallstep/certificates/kms/softkms"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: stepca ca.json")
	}
	cfg, err := config.LoadConfiguration(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server, err := ca.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(server.Run())
}
