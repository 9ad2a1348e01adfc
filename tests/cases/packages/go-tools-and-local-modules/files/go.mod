module git.test/crew/anchor

go 1.24

require (
	github.com/nats-io/nats.go v1.37.0 // queue
	"github.com/jackc/pgx/v5" v5.7.0
	github.com/klauspost/compress v1.17.0 // indirect
	golang.org/x/tools v0.28.0 // indirect
	git.test/crew/chain v0.0.0
)

tool golang.org/x/tools/cmd/stringer

replace git.test/crew/chain => ../chain

exclude github.com/old/rope v1.0.0
