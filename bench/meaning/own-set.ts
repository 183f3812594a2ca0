// A small set of our own, so that the bench has something to run on: a sample shop for lamps.
import type { MessageSet } from './sets.js';

/** Eight examples and four messages to answer for each topic. */
const TOPICS: Readonly<Record<string, string>> = {
  delivery: `how long does delivery take
when will my order arrive
how many days until it is delivered
what is the delivery time
how soon do you ship
when do you send the parcels
do you deliver within a week
is the shipping fast
how long until my lamp arrives
what's your usual delivery time
will it be delivered before friday
how quickly do you ship orders`,
  returns: `can i send it back
how do returns work
what is your return policy
i want to return my order
can i get a refund
how do i get my money back
is it possible to return a lamp
do you accept returns
can i return this if i don't like it
i'd like a refund for my order
how many days do i have to send it back
do you take returns`,
  hours: `when are you open
what are your opening hours
are you open on sunday
until when is the shop open today
what time do you close
do you open on holidays
at what time do you open
is the store open now
are you still open today
what time does the shop close on saturday
opening hours please
when do you open tomorrow`,
  address: `where is your shop
what is your address
how do i get to your store
where can i find you
in which city is the shop
do you have a showroom
can i visit your store
where are you located
what's the address of the store
where exactly are you located
which street is the shop in
how can i find your showroom`,
  discount: `do you have a discount code
is there a sale coming
any promo code for me
can i get a cheaper price
do you offer discounts for students
are there any offers at the moment
is there a coupon
when is the next sale
got a promo code
is there any discount this week
do students get a discount
any coupon codes available`,
  bulbs: `which bulb fits this lamp
are bulbs included
what kind of bulb do i need
does it come with a bulb
can i use led bulbs
what socket does the lamp have
how many watts may the bulb have
is it dimmable
which bulbs do i need for it
does the lamp come with bulbs
can i put a led bulb in
what's the maximum watts of the bulb`,
  payment: `can i pay with paypal
which payment methods do you accept
do you take credit cards
can i pay in instalments
is cash on delivery possible
can i pay by invoice
do you accept apple pay
how can i pay
is paypal accepted
what payment methods are there
could i pay with a credit card
do you offer instalments`,
  broken: `my lamp is broken
the glass arrived in pieces
it does not work anymore
i received a damaged parcel
the switch is defective
my order came with a broken shade
there is a crack in the glass
the lamp stopped working
my lamp arrived broken
the glass has a crack
it stopped working after a week
parcel was damaged when it came`,
};

const OTHERS = `hello
hi how are you
what a lovely picture
you guys are the best
who is the singer in your video
i saw you at the market in may
my sister has the same sofa
can you follow me back
which camera do you use
do you ship jobs to other countries or hire here
are you hiring
can we do a collaboration
what is your favourite colour
happy new year
lol
this song is stuck in my head
tell me a joke
is it going to rain tomorrow
did you watch the match
i love the cat in this photo`.split('\n');

const TRAINED = 8;

export const OWN_SET: MessageSet = {
  topics: new Map(
    Object.entries(TOPICS).map(([name, text]) => {
      const all = text.split('\n');
      return [name, { train: all.slice(0, TRAINED), test: all.slice(TRAINED) }];
    }),
  ),
  others: OTHERS,
};
