/** Everyday sentences in English; see `background.ts`. */
export const EN = `hello
hi there how are you doing today
good morning
good evening everyone
thanks a lot
thank you so much
ok got it
sounds good to me
that is great
i love this
this is so beautiful
wow amazing
lol that is funny
are you there
can you help me
i have a question for you
what is this
what do you mean by that
who is the president of the country
who wrote that book
who won the game last night
who is the best singer in the world
what is the capital of france
what is the tallest mountain in the world
what is the name of that movie
what is the meaning of life
what is the best way to learn to swim
what time does the museum open
what should i do about my neighbor
what do you think about the news
when was the war over
when is the next election
when did he become famous
when does the game start
where was she born
where can i find a good doctor
where does the river begin
where do penguins live
why is the sky blue
why did they do that
why are you so late
how old is the universe
how tall is he
how far is the moon
how many people live in china
how much does an elephant weigh
how long does it take to learn a language
how long do dogs live
how do i fix a flat tire
how do you make bread
how can i sleep better
how does a car engine work
is it true that cats can see in the dark
is there a way to stop hiccups
are there any good movies
do you know who painted that
do you like music
does he still play football
did you see the match yesterday
can you tell me something about history
can you tell me a story
could you please explain that to me
i want to know more about science
i would like to learn about art
i need to find out who did it
i need you to look at this
tell me about yourself
tell me the news
let me know what happens
show me some pictures
please give me an idea for a gift
my brother is older than me
my friend told me about this
we went to the beach yesterday
it was a nice day
i am so tired
i do not know what to say
she said she would come tomorrow
there are too many of them
have a nice day
see you tomorrow`;
