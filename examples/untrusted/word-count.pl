# The most frequent words of a text on stdin.
use strict;
use warnings;

my %count;
while (my $line = <STDIN>) {
    $count{$_}++ for grep { length > 3 } lc($line) =~ /[a-z]+/g;
}
my @words = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
print "$_ $count{$_}\n" for grep { defined } @words[0 .. 4];
