# Ends at once, and leaves processes behind that hold its output open.
sleep 1000 &
(while :; do sleep 1; done) &
setsid sleep 1000 &
echo left
